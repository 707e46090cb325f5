// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Requested;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rules about opens that io_uring carries out (chapters 1 and 2). */
public abstract class RequestConformance extends DriverConformance {
    protected RequestConformance() {}

    @Rule("Requests on an io_uring are events that say so, of the thread that submitted them")
    @Requires(
            syscalls = {Syscall.OPENAT, Syscall.OPENAT2},
            origins = Origin.IO_URING)
    public final void r01_14_opensThroughARingAreSeen() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            ByteString file = scenario.scratch().bytes("file");
            ByteString missing = scenario.scratch().bytes("missing");
            for (ByteString path : List.of(file, missing)) {
                for (WatchedCall call : List.of(
                        WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0),
                        WatchedCall.openat2(Pointer.to(path), Linux.O_RDONLY, 0, 0))) {
                    Observed observed = scenario.call(call.throughRing());
                    assertThat(observed.event().call().origin()).as("%s", call).isEqualTo(Origin.IO_URING);
                    assertThat(observed.open().path().value()).as("%s", call).isEqualTo(path);
                }
            }
        }
    }

    @Rule("Requests on two rings that have the same user_data are told apart")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    public final void r01_14_requestsOfTwoRingsAreToldApart() {
        List<String> fifos = List.of("first", "second");
        try (Scenario scenario = scenario().open()) {
            fifos.forEach(scenario::makeFifo);
            for (List<Integer> ends : List.of(List.of(0, 1), List.of(1, 0))) {
                // The actor has a ring for each job, and the user_data is 0 on all of them.
                List<Job> jobs = fifos.stream()
                        .map(fifo -> scenario.block(
                                WatchedCall.openat(Pointer.to(scenario.scratch().bytes(fifo)), Linux.O_RDONLY, 0)
                                        .throughWorker()))
                        .toList();
                for (int i : ends) {
                    ByteString fifo = scenario.scratch().bytes(fifos.get(i));
                    Outcome outcome = scenario.finishReader(fifos.get(i), jobs.get(i));
                    OpenEvent event =
                            (OpenEvent) scenario.onlyEventOf(jobs.get(i).tid());
                    assertThat(event.path().value()).as("the path").isEqualTo(fifo);
                    Violation.unless(
                            "R1.2",
                            () -> assertThat(event.call().result())
                                    .as("%s ends", fifo)
                                    .isEqualTo(outcome.result()));
                }
            }
        }
    }

    @Rule("A request that another thread carries out is an event of the one that submitted it")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    public final void r01_14_anOpenByAWorkerIsItsSubmitters() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            for (String name : List.of("file", "missing")) {
                ByteString path = scenario.scratch().bytes(name);
                Observed observed = scenario.call(
                        WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0).throughWorker());
                assertThat(observed.event().call().origin()).as("the origin").isEqualTo(Origin.IO_URING);
                assertThat(observed.event().caller().tgid())
                        .as("the process that submitted")
                        .isEqualTo(scenario.actor().tgid());
                assertThat(observed.open().path().value()).as("the path").isEqualTo(path);
            }
        }
    }

    @Rule("A request that was under way when the capture opened is an event of the thread that submitted it")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING, features = Feature.CALLS_UNDER_WAY)
    public final void r05_1_aRequestUnderWayAtOpeningIsItsSubmitters() {
        List<Job> jobs = new ArrayList<>();
        try (Scenario scenario = scenario()
                .before(early -> {
                    early.makeFifo("fifo");
                    ByteString path = early.scratch().bytes("fifo");
                    jobs.add(early.block(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0)
                            .throughWorker()));
                })
                .open()) {
            Outcome outcome = scenario.finishReader("fifo", jobs.get(0));
            OpenEvent event = (OpenEvent) scenario.onlyEventOf(outcome.tid());
            assertThat(event.flags()).as("the flags of a request under way").contains(EventFlag.ENTER_MISSED);
            if (event.flags().contains(EventFlag.NO_ARGUMENTS)) {
                assertThat(event.path().provenance()).as("no arguments").isEqualTo(Provenance.NONE);
            } else {
                assertThat(event.path().value())
                        .as("the arguments are known")
                        .isEqualTo(scenario.scratch().bytes("fifo"));
            }
            assertThat(event.call().result())
                    .as("the result of a request under way")
                    .isEqualTo(outcome.result());
            Violation.unless(
                    "R1.14",
                    () -> assertThat(event.caller().tgid())
                            .as("the process that submitted")
                            .isEqualTo(scenario.actor().tgid()));
        }
    }

    @Rule("A request that asks for no completion is one event or one counted loss, and an event if it fails")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    public final void r01_1_aSilentRequestIsAnEventOrALoss() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            WatchedCall missing = WatchedCall.openat(
                            Pointer.to(scenario.scratch().bytes("missing")), Linux.O_RDONLY, 0)
                    .throughRingSilently();
            Violation.unless(
                    "R3.1",
                    () -> assertThat(scenario.call(missing).open().call().result())
                            .as("the result of a request that fails")
                            .isEqualTo(Linux.ENOENT));
            ByteString file = scenario.scratch().bytes("file");
            WatchedCall silent =
                    WatchedCall.openat(Pointer.to(file), Linux.O_RDONLY, 0).throughRingSilently();
            Requested.accountedFor(scenario, silent, file, 1);
        }
    }

    @Rule("A request that a thread of the kernel's finds in the ring is an event of the ring's process")
    @Requires(
            syscalls = {Syscall.OPENAT, Syscall.OPENAT2},
            origins = Origin.IO_URING)
    public final void r01_14_anOpenThroughAPolledRingIsItsProcess() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            for (String name : List.of("file", "missing")) {
                ByteString path = scenario.scratch().bytes(name);
                for (WatchedCall call : List.of(
                        WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0),
                        WatchedCall.openat2(Pointer.to(path), Linux.O_RDONLY, 0, 0))) {
                    Requested.seen(scenario, call.throughPolledRing(), path);
                }
            }
        }
    }

    @Rule("A request whose completion finds the ring full is one event")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    public final void r01_1_aCompletionWithoutRoomIsOneEvent() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            for (String name : List.of("file", "missing")) {
                ByteString path = scenario.scratch().bytes(name);
                Requested.once(
                        scenario,
                        WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0).throughFullRing(),
                        path);
            }
        }
    }

    @Rule("A request that is cancelled, by another one or with its chain, is one event")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    public final void r01_1_aCancelledRequestIsOneEvent() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            ByteString file = scenario.scratch().bytes("file");
            long linked = Requested.once(
                    scenario,
                    WatchedCall.openat(Pointer.to(file), Linux.O_RDONLY, 0).behindAFailure(),
                    file);
            ActorException.unless(
                    linked == Linux.ECANCELED,
                    "the actor's part failed: a request behind a failure returned " + linked);
            scenario.makeFifo("fifo");
            ByteString fifo = scenario.scratch().bytes("fifo");
            long cancelled = Requested.once(
                    scenario,
                    WatchedCall.openat(Pointer.to(fifo), Linux.O_RDONLY, 0).cancelled(),
                    fifo);
            // The result is EINTR, ECANCELED, or the kernel's internal ERESTARTSYS.
            ActorException.unless(cancelled < 0, "the actor's part failed: a cancelled request returned " + cancelled);
        }
    }

    @Rule("Requests that share a user_data are an event or a counted loss each, in a full ring, too")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    public final void r01_1_requestsThatShareAUserDataAreAccountedFor() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            for (String name : List.of("file", "missing")) {
                ByteString path = scenario.scratch().bytes(name);
                WatchedCall call = WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0);
                for (WatchedCall request : List.of(
                        call.throughRing(),
                        call.throughFullRing(),
                        call.throughFullRing().throughWorker(),
                        call.throughFullRing().behindAFailure())) {
                    Requested.accountedFor(scenario, request.twice(), path, 2);
                }
            }
        }
    }

    @Rule("A request is one event or one counted loss, whatever completions look like its own")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    public final void r01_1_aForgedCompletionIsNoEnd() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFifo("fifo");
            ByteString fifo = scenario.scratch().bytes("fifo");
            for (long result : new long[] {0, 7, Linux.ENOENT}) {
                WatchedCall call =
                        WatchedCall.openat(Pointer.to(fifo), Linux.O_RDONLY, 0).forged(result);
                Requested.onceOrLost(scenario, call, fifo);
                Requested.onceOrLost(scenario, call.throughFullRing(), fifo);
                Requested.onceOrLost(scenario, call.throughFullRing().drained(), fifo);
            }
            scenario.makeFile("file");
            ByteString file = scenario.scratch().bytes("file");
            WatchedCall echoed =
                    WatchedCall.openat(Pointer.to(file), Linux.O_RDONLY, 0).echoed();
            Requested.onceOrLost(scenario, echoed, file);
            Requested.onceOrLost(scenario, echoed.throughFullRing(), file);
        }
    }

    @Rule("A request behind one that fails and asked for no completion is one event or one counted loss")
    @Requires(
            syscalls = {Syscall.OPENAT, Syscall.OPENAT2},
            origins = Origin.IO_URING)
    public final void r01_1_aRequestBehindASilentFailureIsAccountedFor() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            ByteString file = scenario.scratch().bytes("file");
            for (WatchedCall call : List.of(
                    WatchedCall.openat(Pointer.to(file), Linux.O_RDONLY, 0),
                    WatchedCall.openat2(Pointer.to(file), Linux.O_RDONLY, 0, 0))) {
                Requested.onceOrLost(scenario, call.behindASilentFailure(), file, Linux.ECANCELED);
            }
        }
    }

    @Rule("Many requests are one event or one counted loss each when one that asked for no completion ends before them")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    public final void r01_1_requestsBehindASilentOneAreAccountedFor() {
        int others = 5;
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            ByteString file = scenario.scratch().bytes("file");
            // Both calls end at once, without an io_uring worker, so all requests are in flight together.
            for (long flags : List.of(Linux.O_RDONLY, Linux.O_DIRECTORY)) {
                WatchedCall call =
                        WatchedCall.openat(Pointer.to(file), flags, 0).amongOthers(others);
                for (WatchedCall request :
                        List.of(call.behindASilentOne(), call.throughFullRing().behindASilentOne())) {
                    Requested.accountedFor(scenario, request, file, others + 2);
                }
            }
        }
    }

    @Rule("The arguments of a request are the kernel's own copy, in every mode")
    @Requires(
            syscalls = {Syscall.OPENAT, Syscall.OPENAT2},
            origins = Origin.IO_URING,
            provenances = Provenance.KERNEL)
    public final void r02_40_aRequestIsTheKernelsCopy() {
        Capabilities capabilities = capabilities();
        for (Mitigation mode : Mitigation.values()) {
            if (capabilities.has(mode)) {
                assertRequestsAreCopies(mode);
            }
        }
    }

    @Rule("A request that stays in its mount namespace says so, whatever others read of /proc meanwhile")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING, features = Feature.NAMESPACES)
    public final void r02_46_aRequestThatStaysIsNotMarked() throws IOException {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFifo("fifo");
            ByteString fifo = scenario.scratch().bytes("fifo");
            Job job = scenario.block(
                    WatchedCall.openat(Pointer.to(fifo), Linux.O_RDONLY, 0).throughWorker());
            // A process that has this file open holds the mount namespace, and gives it up again.
            Files.readAllBytes(Path.of("/proc/self/mounts"));
            Outcome outcome = scenario.finishReader("fifo", job);
            assertThat(scenario.onlyEventOf(outcome.tid()).flags())
                    .as("the flags of a request that waited")
                    .doesNotContain(EventFlag.FOREIGN_MOUNT_NS);
        }
    }

    private void assertRequestsAreCopies(Mitigation mode) {
        try (Scenario scenario = scenario().mitigation(mode).open()) {
            scenario.makeFile("file");
            for (String name : List.of("file", "missing")) {
                ByteString path = scenario.scratch().bytes(name);
                WatchedCall openat = WatchedCall.openat(Pointer.cold(path), Linux.O_RDONLY, 0);
                WatchedCall openat2 = WatchedCall.openat2(Pointer.to(path), Linux.O_RDONLY, 0, 0);
                for (WatchedCall call : List.of(openat.throughRing(), openat.throughWorker(), openat2.throughRing())) {
                    OpenEvent event = scenario.call(call).open();
                    assertThat(event.path().value()).as("R2.40: %s", mode).isEqualTo(path);
                    assertThat(event.path().provenance()).as("R2.40: %s", mode).isEqualTo(Provenance.KERNEL);
                    assertThat(event.path().integrity()).as("R2.40: %s", mode).isEqualTo(Integrity.MATCH);
                    assertThat(event.how().provenance()).as("R2.40: %s", mode).isEqualTo(Provenance.KERNEL);
                    Violation.unless(
                            "R12.1",
                            () -> assertThat(event.call().mitigation())
                                    .as("of a request")
                                    .isEqualTo(mode));
                }
            }
        }
    }
}
