// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.driver.Capabilities;
import dev.unraced.driver.CaptureStats;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenHow;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Rules about opens: arguments, results, and the opened file. */
public abstract class OpenConformance extends DriverConformance {
    /** A number of calls above all connects that other processes are likely to make meanwhile. */
    private static final int UNASKED_CALLS = 1_000;

    private static final int TAG = 1_000;

    protected OpenConformance() {}

    @Test
    @DisplayName("R1.1 Every open, openat, openat2 and creat yields exactly one event")
    public final void r01_1_everyOpenYieldsExactlyOneEvent() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            Pointer path = Pointer.to(scenario.scratch().bytes("file"));
            List<WatchedCall> calls = supported(List.of(
                    WatchedCall.open(path, Linux.O_RDONLY, 0),
                    WatchedCall.openat(path, Linux.O_RDONLY, 0),
                    WatchedCall.openat2(path, Linux.O_RDONLY, 0, 0),
                    WatchedCall.creat(path, 0600)));
            for (WatchedCall call : calls) {
                OpenEvent event = scenario.call(call).open();
                assertThat(event.call().abi()).as("R1.2: %s", call).isEqualTo(Abi.NATIVE);
                assertThat(event.call().origin()).as("R1.2: %s", call).isEqualTo(Origin.SYSCALL);
            }
            Reply count = scenario.actor().ask(Command.of("count"));
            assertThat((long) scenario.recorder().size())
                    .as("R1.1: events, against calls that the actor made")
                    .isEqualTo(count.number("ended"));
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT)
    @DisplayName("R1.2 A result of 0 is a descriptor like any other, with its file")
    public final void r01_2_descriptorZeroIsASuccess() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            Observed observed = scenario.call(
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("file")), Linux.O_RDONLY, 0)
                            .takingZero());
            assertThat(observed.outcome().result()).as("the actor's part").isZero();
            assertThat(observed.event().call().result()).as("R1.2").isZero();
            if (hasTruth()) {
                assertThat(observed.open().file())
                        .as("R1.2: the file behind descriptor 0")
                        .isPresent();
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT)
    @DisplayName("R1.5 An event names the thread that made the call, for good")
    public final void r01_5_anEventNamesItsThread() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFifo("fifo");
            scenario.actor().ask(Command.of("comm").with("name", ByteString.utf8("unraced-\u00e9")));
            Job job = scenario.block(
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("fifo")), Linux.O_RDONLY, 0));
            ThreadInfo thread = job.thread();
            long start = thread.startNanos();
            long tick = thread.tickNanos();
            scenario.releaseReaders("fifo");
            job.finish();

            var caller = scenario.onlyEventOf(job.tid()).caller();
            assertThat(caller.tgid())
                    .as("R1.5: thread group")
                    .isEqualTo(scenario.actor().tgid());
            assertThat(caller.comm()).as("R1.5: name").isEqualTo(ByteString.utf8("unraced-\u00e9"));
            assertThat(caller.threadStartNanos())
                    .as("R1.5: start time; it is known rounded down to a tick")
                    .isBetween(start, start + tick - 1);
            scenario.actor()
                    .user()
                    .ifPresent(user ->
                            assertThat(caller.uid()).as("R1.5: real user").isEqualTo(user));
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.PARENT)
    @DisplayName("R1.6 An event names the parent of its process")
    public final void r01_6_anEventNamesTheParent() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(missing(scenario));
            assertThat(observed.event().caller().parentTgid())
                    .as("R1.6")
                    .isEqualTo(ThreadInfo.ofMain(scenario.actor()).parent());
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.NAMESPACES)
    @DisplayName("R1.7 An event names the mount and pid namespace of its thread")
    public final void r01_7_anEventNamesTheNamespaces() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(missing(scenario));
            assertThat(observed.event().caller().mountNamespace())
                    .as("R1.7")
                    .isEqualTo(ThreadInfo.ofMain(scenario.actor()).mountNamespace());
            assertThat(observed.event().caller().pidNamespace())
                    .as("R1.7")
                    .isEqualTo(ThreadInfo.ofMain(scenario.actor()).pidNamespace());
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.CGROUP_ID)
    @DisplayName("R1.8 An event names the cgroup of its thread by the number of its directory")
    public final void r01_8_anEventNamesTheCgroup() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(missing(scenario));
            assertThat(observed.event().caller().cgroupId())
                    .as("R1.8")
                    .isEqualTo(ThreadInfo.ofMain(scenario.actor()).cgroupId());
        }
    }

    @Test
    @Requires(syscalls = {Syscall.OPENAT, Syscall.CONNECT})
    @DisplayName("R1.9 A call that was not asked for is no event")
    public final void r01_9_onlyTheCallsAskedForAreEvents() {
        try (Scenario scenario =
                scenario().with(builder -> builder.syscalls(Syscall.CONNECT)).open()) {
            long before = scenario.awaitRest().returned();
            scenario.actor()
                    .ask(Command.of("bulk")
                            .with("base", scenario.scratch().bytes("missing"))
                            .with("threads", 1)
                            .with("calls", UNASKED_CALLS));
            Observed observed = scenario.call(WatchedCall.connect("-1", SocketAddresses.loopback(9)));
            assertThat(observed.connect().call().result()).isEqualTo(Linux.EBADF);
            assertThat(scenario.recorder().size()).as("R1.9: events").isEqualTo(1);
            assertThat(scenario.awaitRest().returned() - before)
                    .as("R1.9: on the books, with what strangers connect meanwhile")
                    .isLessThan(UNASKED_CALLS);
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT)
    @DisplayName("R1.11 Entry and return are times of CLOCK_BOOTTIME around the call")
    public final void r01_11_timesEncloseTheCall() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(missing(scenario));
            var call = observed.event().call();
            assertThat(call.exitNanos())
                    .as("R1.11: the return")
                    .isBetween(
                            observed.outcome().begunNanos(), observed.outcome().endedNanos());
            if (call.mitigation() != Mitigation.OFF) {
                assertThat(call.enterNanos())
                        .as("R1.11: the entry")
                        .isBetween(observed.outcome().begunNanos(), call.exitNanos());
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.CONTAINER_ID)
    @DisplayName("R1.15 An event names the container of its thread, or none")
    public final void r01_15_anEventNamesTheContainer() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(missing(scenario));
            assertThat(observed.event().caller().containerId())
                    .as("R1.15")
                    .isEqualTo(ThreadInfo.ofMain(scenario.actor()).containerId());
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, abis = Abi.IA32)
    @DisplayName("R1.12 Calls by the 32-bit convention are events that say so")
    public final void r01_12_callsOfThe32BitConventionAreSeen() {
        assertSeen(Abi.IA32);
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, abis = Abi.X32)
    @DisplayName("R1.12 Calls by the x32 convention are events that say so")
    public final void r01_12_callsOfTheX32ConventionAreSeen() {
        assertSeen(Abi.X32);
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT)
    @DisplayName("R1.12 Calls whose number has other bits above its 32 are events like any other")
    public final void r01_12_callsByAWideNumberAreSeen(TestReporter reporter) {
        try {
            assertSeen(Abi.NATIVE, WatchedCall::byWideNumber);
        } catch (ActorException e) {
            // A sandbox takes the whole register for the number, and refuses the call.
            reporter.publishEntry("R1.12", "not played: " + e.unsupported().orElseThrow(() -> e));
        }
    }

    @Test
    @Requires(
            syscalls = {Syscall.OPENAT, Syscall.OPENAT2},
            origins = Origin.IO_URING)
    @DisplayName("R1.14 Requests on an io_uring are events that say so, of the thread that submitted them")
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
                    assertThat(observed.event().call().origin())
                            .as("R1.14: %s", call)
                            .isEqualTo(Origin.IO_URING);
                    assertThat(observed.open().path().value())
                            .as("R1.14: %s", call)
                            .isEqualTo(path);
                }
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    @DisplayName("R1.14 A request that another thread carries out is an event of the one that submitted it")
    public final void r01_14_anOpenByAWorkerIsItsSubmitters() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            for (String name : List.of("file", "missing")) {
                ByteString path = scenario.scratch().bytes(name);
                Observed observed = scenario.call(
                        WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0).throughWorker());
                assertThat(observed.event().call().origin()).as("R1.14").isEqualTo(Origin.IO_URING);
                assertThat(observed.event().caller().tgid())
                        .as("R1.14")
                        .isEqualTo(scenario.actor().tgid());
                assertThat(observed.open().path().value()).as("R1.14").isEqualTo(path);
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    @DisplayName(
            "R1.1 A request that asks for no completion is one event or one counted loss, and an event if it fails")
    public final void r01_1_aSilentRequestIsAnEventOrALoss() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            WatchedCall missing = WatchedCall.openat(
                            Pointer.to(scenario.scratch().bytes("missing")), Linux.O_RDONLY, 0)
                    .throughRingSilently();
            assertThat(scenario.call(missing).open().call().result()).as("R3.1").isEqualTo(Linux.ENOENT);
            long before = accountedFor(scenario);
            scenario.callUnobserved(
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("file")), Linux.O_RDONLY, 0)
                            .throughRingSilently());
            assertThat(accountedFor(scenario))
                    .as("R1.1: events and losses after one more request")
                    .isEqualTo(before + 1);
        }
    }

    @Test
    @Requires(
            syscalls = {Syscall.OPENAT, Syscall.OPENAT2},
            origins = Origin.IO_URING)
    @DisplayName("R1.14 A request that a thread of the kernel's finds in the ring is an event of the ring's process")
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

    @Test
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    @DisplayName("R1.1 A request whose completion finds the ring full is one event")
    public final void r01_1_aCompletionWithoutRoomIsOneEvent() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            for (String name : List.of("file", "missing")) {
                ByteString path = scenario.scratch().bytes(name);
                Requested.once(
                        scenario,
                        WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0).throughFullRing());
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    @DisplayName("R1.1 A request that is cancelled, by another one or with its chain, is one event")
    public final void r01_1_aCancelledRequestIsOneEvent() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            ByteString file = scenario.scratch().bytes("file");
            long linked = Requested.once(
                    scenario,
                    WatchedCall.openat(Pointer.to(file), Linux.O_RDONLY, 0).behindAFailure());
            assertThat(linked).as("the actor's part").isEqualTo(Linux.ECANCELED);
            scenario.makeFifo("fifo");
            ByteString fifo = scenario.scratch().bytes("fifo");
            long cancelled = Requested.once(
                    scenario,
                    WatchedCall.openat(Pointer.to(fifo), Linux.O_RDONLY, 0).cancelled());
            // The result is EINTR, ECANCELED, or the kernel's internal ERESTARTSYS.
            assertThat(cancelled).as("the actor's part").isNegative();
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    @DisplayName("R1.1 Requests that share a user_data are an event or a counted loss each, in a full ring, too")
    public final void r01_1_requestsThatShareAUserDataAreAccountedFor() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            for (String name : List.of("file", "missing")) {
                WatchedCall call =
                        WatchedCall.openat(Pointer.to(scenario.scratch().bytes(name)), Linux.O_RDONLY, 0);
                for (WatchedCall request : List.of(
                        call.throughRing(),
                        call.throughFullRing(),
                        call.throughFullRing().throughWorker(),
                        call.throughFullRing().behindAFailure())) {
                    long before = accountedFor(scenario);
                    scenario.callUnobserved(request.twice());
                    assertThat(accountedFor(scenario))
                            .as("R1.1: events and losses after two more requests, %s", request)
                            .isEqualTo(before + 2);
                }
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    @DisplayName("R1.1 A request is one event or one counted loss, whatever completions look like its own")
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

    @Test
    @Requires(
            syscalls = {Syscall.OPENAT, Syscall.OPENAT2},
            origins = Origin.IO_URING)
    @DisplayName("R1.1 A request behind one that fails and asked for no completion is one event or one counted loss")
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

    @Test
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    @DisplayName("R1.1 So are many that do, when one that asked for no completion ends before them")
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
                    long before = accountedFor(scenario);
                    scenario.callUnobserved(request);
                    assertThat(accountedFor(scenario))
                            .as("R1.1: events and losses after requests that share a user_data, %s", request)
                            .isEqualTo(before + others + 2);
                }
            }
        }
    }

    private static long accountedFor(Scenario scenario) {
        CaptureStats stats = scenario.awaitRest();
        return stats.delivered() + stats.totalLost();
    }

    @Test
    @Requires(
            syscalls = {Syscall.OPENAT, Syscall.OPENAT2},
            origins = Origin.IO_URING,
            provenances = Provenance.KERNEL)
    @DisplayName("R2.40 What a request asks for is the kernel's own copy, in every mode")
    public final void r02_40_aRequestIsTheKernelsCopy() {
        Capabilities capabilities = capabilities();
        for (Mitigation mode : Mitigation.values()) {
            if (capabilities.has(mode)) {
                assertRequestsAreCopies(mode);
            }
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
                    assertThat(event.call().mitigation())
                            .as("R12.1: of a request")
                            .isEqualTo(mode);
                }
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, provenances = Provenance.ENTER, mitigations = Mitigation.STASH)
    @DisplayName("R2.1 With mitigation the path is the one that was passed, read at entry or by the kernel")
    public final void r02_1_thePathIsReadAtEntryOrByTheKernel() {
        try (Scenario scenario = scenario().mitigation(Mitigation.STASH).open()) {
            scenario.makeFile("file");
            ByteString path = scenario.scratch().bytes("file");
            Trust.assertGuarded(
                    "R2.1",
                    scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0))
                            .open()
                            .path(),
                    path);
            Trust.assertGuarded(
                    "R2.1",
                    scenario.call(WatchedCall.openat(Pointer.terminatedEdge(path), Linux.O_RDONLY, 0))
                            .open()
                            .path(),
                    path);
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT)
    @DisplayName("R2.7 A null path is absent, not empty")
    public final void r02_7_aNullPathIsAbsent() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(WatchedCall.openat(Pointer.NULL, Linux.O_RDONLY, 0));
            assertThat(observed.outcome().result()).isEqualTo(Linux.EFAULT);
            Trust.assertAbsent("R2.7", observed.open().path());
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT)
    @DisplayName("R2.8 A path that nobody can read is absent, and flagged as unreadable")
    public final void r02_8_anUnreadablePathIsAbsent() {
        try (Scenario scenario = scenario().open()) {
            for (Pointer pointer : List.of(Pointer.BAD, Pointer.edge(ByteString.utf8("/endless")))) {
                Observed observed = scenario.call(WatchedCall.openat(pointer, Linux.O_RDONLY, 0));
                assertThat(observed.outcome().result()).isEqualTo(Linux.EFAULT);
                Trust.assertAbsent("R2.8", observed.open().path());
                if (observed.event().call().mitigation() != Mitigation.OFF) {
                    assertThat(observed.event().flags()).as("R2.8").contains(EventFlag.FAULTED);
                }
            }
        }
    }

    @Test
    @Requires(syscalls = {Syscall.OPEN, Syscall.OPENAT})
    @DisplayName("R2.9 Flags and mode come from registers, raw, and cannot be forged")
    public final void r02_9_flagsAndModeComeFromRegisters() {
        try (Scenario scenario = scenario().open()) {
            Pointer path = Pointer.to(scenario.scratch().bytes("missing"));
            for (long flags : new long[] {0, Linux.O_CLOEXEC | Linux.O_NOFOLLOW, 0x7fffffffL, 0xffffffffL}) {
                for (long mode : new long[] {0, 0644, 0x12345678L}) {
                    OpenHow passed = new OpenHow(flags, mode, 0, 0);
                    OpenEvent openat = scenario.call(WatchedCall.openat(path, flags & ~Linux.O_CREAT, mode))
                            .open();
                    Trust.assertRegisters(openat.how());
                    assertThat(openat.how().value())
                            .as("R2.9")
                            .isEqualTo(new OpenHow(flags & ~Linux.O_CREAT, mode, 0, 0));
                    OpenEvent open = scenario.call(WatchedCall.open(
                                    Pointer.to(scenario.scratch().bytes("no/file")), flags, mode))
                            .open();
                    Trust.assertRegisters(open.how());
                    assertThat(open.how().value()).as("R2.9").isEqualTo(passed);
                    assertThat(open.dirfd()).as("R2.9: where open starts").isEqualTo(Linux.AT_FDCWD);
                }
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.CREAT)
    @DisplayName("R2.10 A creat reports the flags that the kernel gives it")
    public final void r02_10_creatReportsItsFlags() {
        try (Scenario scenario = scenario().open()) {
            OpenEvent event = scenario.call(
                            WatchedCall.creat(Pointer.to(scenario.scratch().bytes("file")), 0640))
                    .open();
            long flags = Linux.O_CREAT | Linux.O_WRONLY | Linux.O_TRUNC;
            assertThat(event.how().value()).as("R2.10").isEqualTo(new OpenHow(flags, 0640, 0, 0));
            assertThat(event.dirfd()).as("R2.10").isEqualTo(Linux.AT_FDCWD);
            Trust.assertRegisters(event.how());
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT2, provenances = Provenance.ENTER, mitigations = Mitigation.STASH)
    @DisplayName("R2.11 openat2's how is memory: it is read at entry, and says so")
    public final void r02_11_howIsReadAtEntry() {
        try (Scenario scenario = scenario().mitigation(Mitigation.STASH).open()) {
            scenario.makeFile("file");
            OpenEvent event = scenario.call(WatchedCall.openat2(
                            Pointer.to(scenario.scratch().bytes("file")),
                            Linux.O_RDWR | Linux.O_CREAT,
                            0640,
                            Linux.RESOLVE_NO_SYMLINKS))
                    .open();
            assertThat(event.how().value())
                    .as("R2.11")
                    .isEqualTo(
                            new OpenHow(Linux.O_RDWR | Linux.O_CREAT, 0640, Linux.RESOLVE_NO_SYMLINKS, Linux.HOW_SIZE));
            assertThat(event.how().provenance()).as("R2.11").isIn(Provenance.ENTER, Provenance.KERNEL);
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT2)
    @DisplayName("R2.12 Of a how that is too short, the event has the bytes that are there")
    public final void r02_12_aShortHowIsTakenAsFarAsItGoes() {
        try (Scenario scenario = scenario().open()) {
            WatchedCall call = WatchedCall.openat2(
                    Pointer.to(scenario.scratch().bytes("file")), Linux.O_RDWR, 0640, Linux.RESOLVE_BENEATH);
            assertHow("R2.12", scenario.call(call.size(16)), new OpenHow(Linux.O_RDWR, 0640, 0, 16));
            assertHow("R2.12", scenario.call(call.size(8)), new OpenHow(Linux.O_RDWR, 0, 0, 8));
            assertHow("R2.12", scenario.call(call.size(10)), new OpenHow(Linux.O_RDWR, 0640, 0, 10));
            assertHow("R2.12", scenario.call(call.size(0)), new OpenHow(0, 0, 0, 0));
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT2)
    @DisplayName("R2.13 Of a how that is longer than known, the event has the known part and the size")
    public final void r02_13_aLongHowKeepsItsSize() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            WatchedCall call = WatchedCall.openat2(Pointer.to(scenario.scratch().bytes("file")), 0, 0, 0);
            Observed zeros = scenario.call(call.how(Pointer.to(how(Linux.O_RDWR, 0, 0, 40)), 40));
            assertThat(zeros.outcome().result())
                    .as("the kernel takes trailing zeros")
                    .isNotNegative();
            assertHow("R2.13", zeros, new OpenHow(Linux.O_RDWR, 0, 0, 40));
            assertHow(
                    "R2.13",
                    scenario.call(call.how(Pointer.to(how(Linux.O_RDWR, 0, 0, 24)), 1L << 40)),
                    new OpenHow(Linux.O_RDWR, 0, 0, 1L << 40));
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT2)
    @DisplayName("R2.14 A how that nobody can read is zeros of no provenance")
    public final void r02_14_anUnreadableHowIsZeros() {
        try (Scenario scenario = scenario().open()) {
            Pointer path = Pointer.to(scenario.scratch().bytes("file"));
            for (Pointer how : List.of(Pointer.BAD, Pointer.NULL)) {
                Observed observed =
                        scenario.call(WatchedCall.openat2(path, 0, 0, 0).how(how, Linux.HOW_SIZE));
                assertThat(observed.outcome().result()).isEqualTo(Linux.EFAULT);
                assertThat(observed.open().how().provenance()).as("R2.14").isEqualTo(Provenance.NONE);
                assertHow("R2.14", observed, new OpenHow(0, 0, 0, Linux.HOW_SIZE));
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, mitigations = Mitigation.OFF, provenances = Provenance.EXIT)
    @DisplayName("R2.18 Without mitigation the path is read at the return, and says so")
    public final void r02_18_withoutMitigationTheExitIsRead() {
        try (Scenario scenario = scenario().mitigation(Mitigation.OFF).open()) {
            scenario.makeFile("file");
            ByteString path = scenario.scratch().bytes("file");
            OpenEvent event = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0))
                    .open();
            assertThat(event.call().mitigation()).as("R2.18").isEqualTo(Mitigation.OFF);
            assertThat(event.path().value()).as("R2.18").isEqualTo(path);
            assertThat(event.path().provenance()).as("R2.18").isEqualTo(Provenance.EXIT);
            assertThat(event.flags()).as("R2.18: no enter was awaited").doesNotContain(EventFlag.ENTER_MISSED);
            Trust.assertRegisters(event.how());
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.DEVICE_INODE)
    @DisplayName("R2.20 Device and inode are those of the descriptor's fstat, on ordinary file systems")
    public final void r02_20_deviceAndInodeAreThoseOfTheFile() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            for (String path : List.of(
                    scenario.scratch().path("file"), scenario.scratch().directory(), anotherFileSystem(scenario))) {
                Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0));
                assertFile("R2.20", observed);
            }
            assertThat(scenario.call(missing(scenario)).open().file())
                    .as("R2.19: no file on failure")
                    .isEmpty();
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.RESOLVED_PATH)
    @DisplayName("R2.21 The resolved path is absolute, whatever links, dots and directories the call went through")
    public final void r02_21_theResolvedPathIsAbsolute() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeDirectory("dir");
            scenario.makeFile("dir/file");
            scenario.makeSymlink("dir/file", "link");
            scenario.makeSymlink(scenario.scratch().path("dir"), "dirlink");
            ByteString real = scenario.scratch().bytes("dir/file");
            scenario.call(WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dir")), Linux.O_PATH, 0)
                    .keep(1));
            scenario.actor()
                    .ask(Command.of("chdir").with("path", scenario.scratch().bytes("dir")));
            List<WatchedCall> calls = List.of(
                    WatchedCall.openat(Pointer.to(real), 0, 0),
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("link")), 0, 0),
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dirlink/../dir/./file")), 0, 0),
                    WatchedCall.openat(Pointer.to("file"), 0, 0),
                    WatchedCall.openat(Pointer.to("../link"), 0, 0),
                    WatchedCall.openat(Pointer.to("file"), 0, 0).at("h:1"));
            for (WatchedCall call : calls) {
                assertThat(scenario.call(call).open().file().map(OpenedFile::path))
                        .as("R2.21: %s", call)
                        .contains(real);
            }
        }
    }

    @Test
    @Requires(
            syscalls = Syscall.OPENAT,
            features = {Feature.RESOLVED_PATH, Feature.NAMESPACES})
    @DisplayName("R2.33 A path that is not absolute in the caller's namespace says so")
    public final void r02_33_aPathInAnotherPlaceSaysSo() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeDirectory("dir");
            scenario.makeFile("dir/file");
            scenario.actor()
                    .ask(Command.of("tree")
                            .with("path", scenario.scratch().bytes("dir"))
                            .with("keep", 1));
            OpenEvent loose = scenario.call(
                            WatchedCall.openat(Pointer.to("file"), 0, 0).at("h:1"))
                    .open();
            assertThat(loose.file())
                    .as("R2.33: on a mount that is attached nowhere")
                    .isPresent();
            assertThat(loose.flags()).as("R2.33").contains(EventFlag.DETACHED);

            int elsewhere = scenario.actor().ask(Command.of("elsewhere")).integer("pid");
            OpenEvent foreign = scenario.call(
                            WatchedCall.openat(Pointer.to("/proc/" + elsewhere + "/root/etc"), Linux.O_PATH, 0))
                    .open();
            assertThat(foreign.file()).as("R2.33: in another mount namespace").isPresent();
            assertThat(foreign.flags())
                    .as("R2.33")
                    .contains(EventFlag.FOREIGN_MOUNT_NS)
                    .doesNotContain(EventFlag.DETACHED);

            OpenEvent own = scenario.call(
                            WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dir/file")), 0, 0))
                    .open();
            assertThat(own.flags())
                    .as("R2.33: an ordinary file")
                    .doesNotContain(EventFlag.FOREIGN_MOUNT_NS, EventFlag.DETACHED);
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT)
    @DisplayName("R3.4 A call that seccomp answers with a signal opened nothing")
    public final void r03_4_aTrappedCallOpenedNothing() {
        try (Scenario scenario = scenario().scope(Scope.FAMILY).open()) {
            int tid = scenario.actor()
                    .ask(Command.of("trapped").with("path", scenario.scratch().bytes("missing")))
                    .integer("tid");
            for (SyscallEvent event : scenario.eventsOf(tid)) {
                assertThat(event.flags())
                        .as("R3.4: %s", event)
                        .containsAnyOf(EventFlag.NOT_EXECUTED, EventFlag.EXECUTION_UNKNOWN);
                if (event.flags().contains(EventFlag.NOT_EXECUTED)) {
                    assertThat(((OpenEvent) event).file()).as("R3.4: %s", event).isEmpty();
                }
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.REWRITTEN_CALLS)
    @DisplayName("R1.16 A call that a tracer rewrites when it enters is reported as it was executed")
    public final void r01_16_aRewrittenCallIsReportedAsExecuted() {
        try (Scenario scenario = scenario().scope(Scope.FAMILY).open()) {
            scenario.makeFile("taken");
            for (String how : List.of("ptrace", "seccomp")) {
                int tid = scenario.actor()
                        .ask(Command.of("traced")
                                .with("how", how)
                                .with("passed", scenario.scratch().bytes("passed"))
                                .with("taken", scenario.scratch().bytes("taken"))
                                .with("tag", TAG))
                        .integer("tid");
                List<SyscallEvent> events = scenario.eventsOf(tid);
                assertThat(events)
                        .as("R1.16: by %s, two calls became opens, and one became none", how)
                        .hasSize(2);
                for (int i = 0; i < events.size(); i++) {
                    OpenEvent event = (OpenEvent) events.get(i);
                    assertThat(event.path().value())
                            .as("R1.16: by %s, the path", how)
                            .isEqualTo(scenario.scratch().bytes("taken"));
                    assertThat(event.dirfd()).as("R1.16: by %s, the dirfd", how).isEqualTo(Linux.AT_FDCWD);
                    assertThat(event.how().value().flags())
                            .as("R1.16: by %s, the flags", how)
                            .isEqualTo(Linux.O_CLOEXEC);
                    assertThat(event.how().value().mode())
                            .as("R1.16: by %s, the mode", how)
                            .isEqualTo(TAG + i);
                    assertThat(event.call().result())
                            .as("R1.16: by %s, the result", how)
                            .isNotNegative();
                }
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.CREATED_FLAG)
    @DisplayName("R2.22 A file is created only by the call that created it")
    public final void r02_22_createdIsSetByTheCreatingCallAlone() {
        try (Scenario scenario = scenario().open()) {
            Pointer path = Pointer.to(scenario.scratch().bytes("file"));
            long create = Linux.O_CREAT | Linux.O_RDWR;
            assertThat(created(scenario.call(WatchedCall.openat(path, create, 0600))))
                    .as("R2.22: the first")
                    .isTrue();
            assertThat(created(scenario.call(WatchedCall.openat(path, create, 0600))))
                    .as("R2.22: the second")
                    .isFalse();
            assertThat(created(scenario.call(WatchedCall.openat(path, Linux.O_RDONLY, 0))))
                    .as("R2.22: one that cannot create")
                    .isFalse();
            Observed exclusive = scenario.call(WatchedCall.openat(path, create | Linux.O_EXCL, 0600));
            assertThat(exclusive.outcome().result()).isEqualTo(Linux.EEXIST);
            assertThat(exclusive.event().flags()).as("R2.22: one that failed").doesNotContain(EventFlag.CREATED);
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.RESOLVED_PATH)
    @DisplayName("R2.23 A file without a name is not claimed to have the name of its directory")
    public final void r02_23_aTemporaryFileHasNoName() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(WatchedCall.openat(
                    Pointer.to(scenario.scratch().directory()), Linux.O_TMPFILE | Linux.O_RDWR, 0600));
            assertThat(observed.outcome().result())
                    .as("the file system has O_TMPFILE")
                    .isNotNegative();
            if (capabilities().has(Feature.DEVICE_INODE)) {
                assertFile("R2.23", observed);
            }
            if (capabilities().has(Feature.CREATED_FLAG)) {
                assertThat(created(observed)).as("R2.22: O_TMPFILE").isTrue();
            }
            assertThat(observed.event().flags().contains(EventFlag.DELETED)
                            || observed.open()
                                    .file()
                                    .filter(file -> file.path()
                                            .equals(ByteString.utf8(
                                                    scenario.scratch().directory())))
                                    .isEmpty())
                    .as("R2.23: %s", observed.event())
                    .isTrue();
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.DEVICE_INODE)
    @DisplayName("R2.24 An open with O_PATH has its file too")
    public final void r02_24_anOpenForThePathAloneHasItsFile() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            scenario.makeSymlink("file", "link");
            assertFile(
                    "R2.24",
                    scenario.call(
                            WatchedCall.openat(Pointer.to(scenario.scratch().bytes("file")), Linux.O_PATH, 0)));
            assertFile(
                    "R2.24",
                    scenario.call(WatchedCall.openat(
                            Pointer.to(scenario.scratch().bytes("link")), Linux.O_PATH | Linux.O_NOFOLLOW, 0)));
        }
    }

    @Test
    @Requires(syscalls = {Syscall.OPEN, Syscall.OPENAT, Syscall.CREAT})
    @DisplayName("R3.1 A failed open has its arguments and the negated errno")
    public final void r03_1_failedOpensCarryTheirArguments() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            scenario.makeSymlink("loop", "loop");
            Scratch scratch = scenario.scratch();
            assertFailure(scenario, Linux.ENOENT, scratch.bytes("missing"), 0);
            assertFailure(scenario, Linux.ENOTDIR, scratch.bytes("file/under"), 0);
            assertFailure(scenario, Linux.ELOOP, scratch.bytes("loop"), 0);
            assertFailure(scenario, Linux.EISDIR, ByteString.utf8(scratch.directory()), Linux.O_RDWR);
            assertFailure(scenario, Linux.ENAMETOOLONG, scratch.bytes("n".repeat(256)), 0);
            assertFailure(scenario, Linux.ENOENT, ByteString.EMPTY, 0);

            ByteString relative = ByteString.utf8("relative");
            Observed badDirectory =
                    scenario.call(WatchedCall.openat(Pointer.to(relative), 0, 0).at("12345"));
            assertThat(badDirectory.outcome().result()).isEqualTo(Linux.EBADF);
            assertThat(badDirectory.open().dirfd())
                    .as("R3.1: the directory as passed")
                    .isEqualTo(12345);
            assertThat(badDirectory.open().path().value()).as("R3.1").isEqualTo(relative);

            OpenEvent creat = scenario.call(WatchedCall.creat(Pointer.to(scratch.directory()), 0600))
                    .open();
            assertThat(creat.call().result()).as("R3.1").isEqualTo(Linux.EISDIR);
            assertThat(creat.path().value()).as("R3.1").isEqualTo(ByteString.utf8(scratch.directory()));
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT2)
    @DisplayName("R3.2 A failed openat2 has its arguments, even when the kernel never looked at them")
    public final void r03_2_failedOpenat2CarriesItsArguments() {
        try (Scenario scenario = scenario().open()) {
            ByteString path = scenario.scratch().bytes("missing");
            Observed unknown = scenario.call(WatchedCall.openat2(Pointer.to(path), 0, 0, 1L << 60));
            assertThat(unknown.outcome().result()).isEqualTo(Linux.EINVAL);
            assertThat(unknown.open().path().value()).as("R3.2").isEqualTo(path);
            assertHow("R3.2", unknown, new OpenHow(0, 0, 1L << 60, Linux.HOW_SIZE));
            Observed mode = scenario.call(WatchedCall.openat2(Pointer.to(path), 1L << 50, 1L << 40, 0));
            assertThat(mode.outcome().result()).isEqualTo(Linux.EINVAL);
            assertHow("R3.2", mode, new OpenHow(1L << 50, 1L << 40, 0, Linux.HOW_SIZE));
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT)
    @DisplayName("R10.1 A path of up to 4095 bytes arrives whole")
    public final void r10_1_pathsOfEveryLengthArriveWhole() {
        try (Scenario scenario = scenario().open()) {
            for (int length : new int[] {
                1, 7, 8, 63, 64, 127, 128, 254, 255, 256, 257, 511, 512, 1023, 1024, 2048, 4088, 4094, 4095
            }) {
                ByteString path = pathOf(length);
                Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0));
                assertThat(observed.open().path().value())
                        .as("R10.1: %d bytes", length)
                        .isEqualTo(path);
                assertThat(observed.open().path().isPresent())
                        .as("R10.1: %d bytes", length)
                        .isTrue();
                assertThat(observed.event().flags())
                        .as("R10.1: %d bytes", length)
                        .doesNotContain(EventFlag.TRUNCATED, EventFlag.FAULTED);
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT, features = Feature.LONG_ARGUMENTS)
    @DisplayName("R10.2 Of a path that is longer, the first 4095 bytes arrive, and it is flagged")
    public final void r10_2_longerPathsAreTruncatedAndSaySo() {
        try (Scenario scenario = scenario().open()) {
            for (int length : new int[] {4096, 4097, 5000, 20_000}) {
                ByteString path = pathOf(length);
                Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0));
                assertThat(observed.outcome().result()).isEqualTo(Linux.ENAMETOOLONG);
                assertThat(observed.open().path().value())
                        .as("R10.2: %d bytes", length)
                        .isEqualTo(pathOf(4095));
                assertThat(observed.event().flags())
                        .as("R10.2: %d bytes", length)
                        .contains(EventFlag.TRUNCATED);
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT)
    @DisplayName("R10.3 Any byte but NUL survives, text or not, or the path is absent and says that it was withheld")
    public final void r10_3_everyByteSurvives() {
        try (Scenario scenario = scenario().open()) {
            byte[] all = new byte[255];
            for (int i = 0; i < all.length; i++) {
                all[i] = (byte) (i + 1);
            }
            List<ByteString> paths = new ArrayList<>(List.of(
                    ByteString.copyOf(all),
                    ByteString.copyOf(new byte[] {(byte) 0xff, (byte) 0xfe}),
                    ByteString.copyOf(new byte[] {'a', (byte) 0xc3}),
                    ByteString.utf8("new\nline\u001b[31m")));
            for (ByteString path : paths) {
                Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0));
                if (capabilities().has(Feature.ANY_BYTES) || isText(path)) {
                    assertThat(observed.open().path().value()).as("R10.3").isEqualTo(path);
                } else {
                    assertThat(observed.open().path().isPresent())
                            .as("R10.3: the path is withheld")
                            .isFalse();
                    assertThat(observed.event().flags()).as("R10.3").contains(EventFlag.WITHHELD);
                }
            }
        }
    }

    @Test
    @Requires(syscalls = Syscall.OPENAT)
    @DisplayName("R10.4 An empty path is present and empty")
    public final void r10_4_anEmptyPathIsPresent() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(WatchedCall.openat(Pointer.to(""), Linux.O_RDONLY, 0));
            assertThat(observed.outcome().result()).isEqualTo(Linux.ENOENT);
            assertThat(observed.open().path().isPresent()).as("R10.4").isTrue();
            assertThat(observed.open().path().value()).as("R10.4").isEqualTo(ByteString.EMPTY);
            assertThat(observed.event().flags()).as("R10.4").doesNotContain(EventFlag.TRUNCATED, EventFlag.FAULTED);
        }
    }

    private void assertSeen(Abi abi) {
        assertSeen(abi, call -> call.by(abi));
    }

    private void assertSeen(Abi abi, UnaryOperator<WatchedCall> by) {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            ByteString path = scenario.scratch().bytes("file");
            List<WatchedCall> calls = supported(List.of(
                    WatchedCall.open(Pointer.to(path), Linux.O_RDONLY, 0),
                    WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0),
                    WatchedCall.openat2(Pointer.to(path), Linux.O_RDONLY, 0, 0),
                    WatchedCall.creat(Pointer.to(path), 0600)));
            for (WatchedCall call : calls) {
                Observed observed = scenario.call(by.apply(call));
                assertThat(observed.event().call().abi()).as("R1.12: %s", call).isEqualTo(abi);
                assertThat(observed.open().path().value()).as("R1.12: %s", call).isEqualTo(path);
                assertThat(observed.open().dirfd()).as("R1.12: %s", call).isEqualTo(Linux.AT_FDCWD);
            }
        }
    }

    private List<WatchedCall> supported(List<WatchedCall> calls) {
        return calls.stream().filter(call -> capabilities().has(call.syscall())).toList();
    }

    private boolean hasTruth() {
        return capabilities().has(Feature.DEVICE_INODE) || capabilities().has(Feature.RESOLVED_PATH);
    }

    private static WatchedCall missing(Scenario scenario) {
        return WatchedCall.openat(Pointer.to(scenario.scratch().bytes("missing")), Linux.O_RDONLY, 0);
    }

    private static String anotherFileSystem(Scenario scenario) {
        return scenario.actor().isHere() ? "/proc/self" : "/";
    }

    private static boolean created(Observed observed) {
        return observed.open().file().map(OpenedFile::created).orElse(false);
    }

    private static boolean isText(ByteString path) {
        return ByteString.utf8(new String(path.toByteArray(), StandardCharsets.UTF_8))
                .equals(path);
    }

    private static void assertHow(String rule, Observed observed, OpenHow passed) {
        assertThat(observed.open().how().value()).as("%s: how, as passed", rule).isEqualTo(passed);
    }

    private static void assertFile(String rule, Observed observed) {
        assertThat(observed.outcome().hasFile()).as("the actor's part").isTrue();
        OpenedFile file =
                observed.open().file().orElseThrow(() -> new AssertionError(rule + ": no file in " + observed.event()));
        assertThat(file.inode())
                .as("%s: inode", rule)
                .isEqualTo(observed.outcome().inode());
        assertThat(file.deviceMajor())
                .as("%s: device", rule)
                .isEqualTo(observed.outcome().deviceMajor());
        assertThat(file.deviceMinor())
                .as("%s: device", rule)
                .isEqualTo(observed.outcome().deviceMinor());
    }

    private static void assertFailure(Scenario scenario, long errno, ByteString path, long flags) {
        Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), flags, 0));
        assertThat(observed.outcome().result()).as("the actor's part: %s", path).isEqualTo(errno);
        assertThat(observed.open().path().value()).as("R3.1").isEqualTo(path);
        assertThat(observed.open().how().value()).as("R3.1").isEqualTo(new OpenHow(flags, 0, 0, 0));
        assertThat(observed.open().file()).as("R2.19: no file on failure").isEmpty();
    }

    static ByteString how(long flags, long mode, long resolve, int size) {
        byte[] how = new byte[size];
        ByteBuffer.wrap(how)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(flags)
                .putLong(mode)
                .putLong(resolve);
        return ByteString.copyOf(how);
    }

    /** Returns a path of a length, in which each position differs from its neighbours. */
    private static ByteString pathOf(int length) {
        byte[] path = new byte[length];
        for (int i = 0; i < length; i++) {
            path[i] = (byte) (i % 100 == 99 ? '/' : 'a' + i * 7 % 26);
        }
        return ByteString.copyOf(path);
    }
}
