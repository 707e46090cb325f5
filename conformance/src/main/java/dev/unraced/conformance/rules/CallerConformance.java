// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.ThreadInfo;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotApplicable;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.event.ByteString;
import dev.unraced.event.Feature;
import dev.unraced.event.Syscall;

/** Rules about the caller that an event names (chapter 1). */
public abstract class CallerConformance extends DriverConformance {
    protected CallerConformance() {}

    @Rule("An event names the thread that made the call, for good")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r01_5_anEventNamesItsThread() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFifo("fifo");
            scenario.actor().ask(Command.of("comm").with("name", ByteString.utf8("unraced-\u00e9")));
            Job job = scenario.block(
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("fifo")), Linux.O_RDONLY, 0));
            ThreadInfo thread = job.thread();
            long start = thread.startNanos();
            long tick = thread.tickNanos();
            scenario.finishReader("fifo", job);

            var caller = scenario.onlyEventOf(job.tid()).caller();
            assertThat(caller.tgid())
                    .as("thread group")
                    .isEqualTo(scenario.actor().tgid());
            assertThat(caller.comm()).as("name").isEqualTo(ByteString.utf8("unraced-\u00e9"));
            assertThat(caller.threadStartNanos())
                    .as("start time; it is known rounded down to a tick")
                    .isBetween(start, start + tick - 1);
            scenario.actor()
                    .user()
                    .ifPresent(user -> assertThat(caller.uid()).as("real user").isEqualTo(user));
        }
    }

    @Rule("An event names the parent of its process")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.PARENT)
    public final void r01_6_anEventNamesTheParent() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(scenario.missing());
            assertThat(observed.event().caller().parentTgid())
                    .as("the parent")
                    .isEqualTo(ThreadInfo.ofMain(scenario.actor()).parent());
        }
    }

    @Rule("An event names the mount and pid namespace of its thread")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.NAMESPACES)
    public final void r01_7_anEventNamesTheNamespaces() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(scenario.missing());
            assertThat(observed.event().caller().mountNamespace())
                    .as("the mount namespace")
                    .isEqualTo(ThreadInfo.ofMain(scenario.actor()).mountNamespace());
            assertThat(observed.event().caller().pidNamespace())
                    .as("the pid namespace")
                    .isEqualTo(ThreadInfo.ofMain(scenario.actor()).pidNamespace());
        }
    }

    @Rule("An event names the cgroup of its thread by the number of its directory")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.CGROUP_ID)
    public final void r01_8_anEventNamesTheCgroup() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(scenario.missing());
            assertThat(observed.event().caller().cgroupId())
                    .as("the control group")
                    .isEqualTo(ThreadInfo.ofMain(scenario.actor()).cgroupId());
        }
    }

    @Rule("An event names the container of its thread, or none")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.CONTAINER_ID)
    public final void r01_15_anEventNamesTheContainer() {
        try (Scenario scenario = scenario().open()) {
            if (scenario.actor().isHere()) {
                throw new NotApplicable("the path of the cgroup tells the container of a process of this machine");
            }
            Observed observed = scenario.call(scenario.missing());
            assertThat(observed.open().path().value())
                    .as("its own event")
                    .isEqualTo(scenario.scratch().bytes("missing"));
            assertThat(observed.event().caller().containerId())
                    .as("the container")
                    .isEqualTo(ThreadInfo.ofMain(scenario.actor()).containerId());
        }
    }
}
