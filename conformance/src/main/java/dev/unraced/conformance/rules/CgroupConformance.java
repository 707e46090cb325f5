// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.fixture.CgroupBelow;
import dev.unraced.conformance.fixture.ThreadInfo;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.ByteString;
import dev.unraced.event.Feature;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import dev.unraced.process.Container;
import java.util.List;
import java.util.Optional;

/** Rules about the paths of cgroups, which tell the containers of a kernel (R1.15, R16.13). */
@Requires(
        syscalls = Syscall.OPENAT,
        features = {Feature.PROCESS_EVENTS, Feature.PROCESSES_ALIVE, Feature.CGROUP_PATH, Feature.CGROUP_ID})
public abstract class CgroupConformance extends DriverConformance {
    protected CgroupConformance() {}

    @Rule("The cgroup that an event names tells the container of its thread, or that there is none")
    @Requires(features = Feature.CONTAINER_ID)
    public final void r01_15_theCgroupTellsTheContainer() {
        String id = "0123456789abcdef".repeat(4);
        try (CgroupBelow below = new CgroupBelow(under().patience(), "docker-" + id + ".scope");
                Scenario scenario = within(below).open()) {
            assertThat(containerOf(scenario, scenario.call(scenario.missing())))
                    .as("the container")
                    .map(Container::id)
                    .contains(id);
        }
        try (CgroupBelow below = new CgroupBelow(under().patience());
                Scenario scenario = within(below).open()) {
            String own = ThreadInfo.ofMain(scenario.actor()).cgroupPath().toUtf8();
            assertThat(containerOf(scenario, scenario.call(scenario.missing())))
                    .as("the container of a thread in %s", own)
                    .isEqualTo(Container.ofCgroup(own));
        }
    }

    private static Optional<Container> containerOf(Scenario scenario, Observed observed) {
        scenario.awaitRest();
        List<ByteString> paths = scenario.recorder().processes().stream()
                .filter(event -> event.cgroupId() == observed.event().caller().cgroupId()
                        && event.cgroupPath().isPresent())
                .map(event -> event.cgroupPath().toByteString())
                .distinct()
                .toList();
        assertThat(paths).as("R1.15: the path of the cgroup").hasSize(1);
        return Container.ofCgroup(paths.get(0).toUtf8());
    }

    @Rule("An exec and a process that was there name their cgroup by id and path")
    public final void r16_13_aProcessNamesItsCgroupByPath() {
        try (CgroupBelow before = new CgroupBelow(under().patience(), "unraced-kit,before");
                CgroupBelow after = new CgroupBelow(under().patience(), "unraced-kit-".repeat(10));
                Scenario scenario = within(before).scope(Scope.FAMILY).open()) {
            scenario.call(scenario.missing());
            scenario.awaitRest();
            assertCgroup(eventOf(scenario, scenario.actor().tgid(), ProcessView.Type.ALIVE), scenario);
            after.enter(scenario.actor());
            Reply program = scenario.actor()
                    .ask(Command.of("program")
                            .with("path", scenario.scratch().bytes("before"))
                            .with("other", scenario.scratch().bytes("after")));
            scenario.awaitRest();
            assertCgroup(eventOf(scenario, program.integer("tgid"), ProcessView.Type.EXEC), scenario);
        }
    }

    private static void assertCgroup(ProcessView event, Scenario scenario) {
        ThreadInfo member = ThreadInfo.ofMain(scenario.actor());
        assertThat(event.cgroupId())
                .as("R16.13: id of the cgroup of the %s", event.type())
                .isEqualTo(member.cgroupId());
        assertThat(event.cgroupPath().toByteString().toUtf8())
                .as("R16.13: path of the cgroup of the %s", event.type())
                .endsWith(member.cgroupPath().toUtf8());
    }

    private static ProcessView eventOf(Scenario scenario, int tgid, ProcessView.Type type) {
        List<ProcessView> found = scenario.recorder().processes().stream()
                .filter(event -> event.tgid() == tgid && event.type() == type)
                .toList();
        assertThat(found).as("R16.13: the %s of process %d", type, tgid).hasSize(1);
        return found.get(0);
    }

    private Scenario.Setup within(CgroupBelow cgroup) {
        return scenario().with(builder -> builder.processEvents(true)).before(early -> cgroup.enter(early.actor()));
    }
}
