// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.Scratch;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotPlayed;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.ArgumentAssertions;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenHow;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import dev.unraced.linux.OpenFlags;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;

/**
 * Rules about opens: that each is an event, by whatever convention, and has its arguments when it fails (chapters 1 and
 * 3).
 */
public abstract class OpenConformance extends DriverConformance {
    /** A number of calls above all connects that other processes are likely to make meanwhile. */
    private static final int UNASKED_CALLS = 1_000;

    private static final int TAG = 1_000;

    protected OpenConformance() {}

    /** Rules about the caller that an event names (chapter 1). */
    @Nested
    class Callers extends CallerConformance {}

    /** Rules about opens that io_uring carries out (chapters 1 and 2). */
    @Nested
    class Requests extends RequestConformance {}

    /** Rules about the path and the how of an open (chapter 2). */
    @Nested
    class Arguments extends OpenArgumentConformance {}

    /** Rules about the file that an open reached (chapter 2). */
    @Nested
    class Files extends OpenedFileConformance {}

    /** Rules about paths of any length and content (chapter 10). */
    @Nested
    class Paths extends PathConformance {}

    /** Rules about files on bind mounts (chapter 2). */
    @Nested
    class Mounts extends MountConformance {}

    @Rule("Every open, openat, openat2 and creat yields exactly one event")
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
                Violation.unless(
                        "R1.2",
                        () -> assertThat(event.call().abi()).as("%s", call).isEqualTo(Abi.NATIVE));
                Violation.unless(
                        "R1.2",
                        () -> assertThat(event.call().origin()).as("%s", call).isEqualTo(Origin.SYSCALL));
            }
            Reply count = scenario.actor().ask(Command.of("count"));
            assertThat((long) scenario.recorder().size())
                    .as("events, against calls that the actor made")
                    .isEqualTo(count.number("ended"));
        }
    }

    @Rule("A result of 0 is a descriptor like any other, with its file")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r01_2_descriptorZeroIsASuccess() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            Observed observed = scenario.call(
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("file")), Linux.O_RDONLY, 0)
                            .takingZero());
            observed.outcome().requireResult(0, "an open while descriptor 0 is free");
            assertThat(observed.event().call().result())
                    .as("the result is descriptor 0")
                    .isZero();
            if (describesFiles()) {
                assertThat(observed.open().file())
                        .as("the file behind descriptor 0")
                        .isPresent();
            }
        }
    }

    @Rule("A call that was not asked for is no event")
    @Requires(syscalls = {Syscall.OPENAT, Syscall.CONNECT})
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
            observed.outcome().requireResult(Linux.EBADF, "a connect by descriptor -1");
            assertThat(scenario.recorder().size()).as("events").isEqualTo(1);
            assertThat(scenario.awaitRest().returned() - before)
                    .as("in the accounts, with what strangers connect meanwhile")
                    .isLessThan(UNASKED_CALLS);
        }
    }

    @Rule("Entry and return are times of CLOCK_BOOTTIME around the call")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r01_11_timesEncloseTheCall() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(scenario.missing());
            assertThat(observed.open().path().value())
                    .as("the event of the call")
                    .isEqualTo(scenario.scratch().bytes("missing"));
            var call = observed.event().call();
            assertThat(call.exitNanos())
                    .as("the return")
                    .isBetween(
                            observed.outcome().begunNanos(), observed.outcome().endedNanos());
            if (call.mitigation() != Mitigation.OFF) {
                assertThat(call.enterNanos())
                        .as("the entry")
                        .isBetween(observed.outcome().begunNanos(), call.exitNanos());
            }
        }
    }

    @Rule("Calls by the 32-bit convention are events that say so")
    @Requires(syscalls = Syscall.OPENAT, abis = Abi.IA32)
    public final void r01_12_callsOfThe32BitConventionAreSeen() {
        assertSeen(Abi.IA32);
    }

    @Rule("Calls by the x32 convention are events that say so")
    @Requires(syscalls = Syscall.OPENAT, abis = Abi.X32)
    public final void r01_12_callsOfTheX32ConventionAreSeen() {
        assertSeen(Abi.X32);
    }

    @Rule("Calls whose number has other bits above its 32 are events like any other")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r01_12_callsByAWideNumberAreSeen() {
        try {
            assertSeen(Abi.NATIVE, WatchedCall::byWideNumber);
        } catch (ActorException e) {
            // A sandbox takes the whole register for the number, and refuses the call.
            throw new NotPlayed(e.unsupported().orElseThrow(() -> e));
        }
    }

    @Rule("A call that seccomp answers with a signal opened nothing")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r03_4_aTrappedCallOpenedNothing() {
        try (Scenario scenario = scenario().scope(Scope.FAMILY).open()) {
            int tid = scenario.actor()
                    .ask(Command.of("trapped").with("path", scenario.scratch().bytes("missing")))
                    .integer("tid");
            List<SyscallEvent> events = scenario.eventsOf(tid);
            if (!capabilities().has(Feature.REFUSED_CALLS)) {
                assertThat(events).as("calls that were refused").isEmpty();
                return;
            }
            if (events.isEmpty()) {
                throw new NotPlayed("no event of a call that seccomp answered, so none lied");
            }
            for (SyscallEvent event : events) {
                assertThat(event.flags())
                        .as("%s", event)
                        .containsAnyOf(EventFlag.NOT_EXECUTED, EventFlag.EXECUTION_UNKNOWN);
                if (event.flags().contains(EventFlag.NOT_EXECUTED)) {
                    assertThat(((OpenEvent) event).file()).as("%s", event).isEmpty();
                }
            }
        }
    }

    @Rule("A call that a tracer rewrites when it enters is reported as it was executed")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.REWRITTEN_CALLS)
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
                        .as("by %s, two calls became opens, and one became none", how)
                        .hasSize(2);
                for (int i = 0; i < events.size(); i++) {
                    OpenEvent event = (OpenEvent) events.get(i);
                    assertThat(event.path().value())
                            .as("by %s, the path", how)
                            .isEqualTo(scenario.scratch().bytes("taken"));
                    assertThat(event.dirfd()).as("by %s, the dirfd", how).isEqualTo(Linux.AT_FDCWD);
                    assertThat(event.how().value().flags())
                            .as("by %s, the flags", how)
                            .isEqualTo(Linux.O_CLOEXEC);
                    if (capabilities().has(Feature.UNUSED_MODE)) {
                        assertThat(event.how().value().mode())
                                .as("by %s, the mode", how)
                                .isEqualTo(TAG + i);
                    }
                    assertThat(event.call().result())
                            .as("by %s, the result", how)
                            .isNotNegative();
                }
            }
        }
    }

    @Rule("A failed open has its arguments and the negated errno")
    @Requires(syscalls = {Syscall.OPEN, Syscall.OPENAT, Syscall.CREAT})
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
            badDirectory.outcome().requireResult(Linux.EBADF, "an open below descriptor 12345");
            assertThat(badDirectory.open().dirfd())
                    .as("the directory as passed")
                    .isEqualTo(12345);
            assertThat(badDirectory.open().path().value())
                    .as("the path below a bad descriptor")
                    .isEqualTo(relative);

            OpenEvent creat = scenario.call(WatchedCall.creat(Pointer.to(scratch.directory()), 0600))
                    .open();
            assertThat(creat.call().result())
                    .as("the result of a creat of a directory")
                    .isEqualTo(Linux.EISDIR);
            assertThat(creat.path().value())
                    .as("the path of a creat of a directory")
                    .isEqualTo(ByteString.utf8(scratch.directory()));
        }
    }

    @Rule("A failed openat2 has its arguments, even when the kernel never looked at them")
    @Requires(syscalls = Syscall.OPENAT2)
    public final void r03_2_failedOpenat2CarriesItsArguments() {
        try (Scenario scenario = scenario().open()) {
            ByteString path = scenario.scratch().bytes("missing");
            Observed unknown = scenario.call(WatchedCall.openat2(Pointer.to(path), 0, 0, 1L << 60));
            unknown.outcome().requireResult(Linux.EINVAL, "an openat2 with an unknown resolve flag");
            assertThat(unknown.open().path().value())
                    .as("the path of a refused openat2")
                    .isEqualTo(path);
            ArgumentAssertions.assertHow("R3.2", unknown, new OpenHow(0, 0, 1L << 60, OpenFlags.OPEN_HOW_SIZE));
            Observed mode = scenario.call(WatchedCall.openat2(Pointer.to(path), 1L << 50, 1L << 40, 0));
            mode.outcome().requireResult(Linux.EINVAL, "an openat2 with unknown flags and a mode");
            ArgumentAssertions.assertHow("R3.2", mode, new OpenHow(1L << 50, 1L << 40, 0, OpenFlags.OPEN_HOW_SIZE));
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

    private boolean describesFiles() {
        return capabilities().has(Feature.DEVICE_INODE) || capabilities().has(Feature.RESOLVED_PATH);
    }

    private static void assertFailure(Scenario scenario, long errno, ByteString path, long flags) {
        Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), flags, 0));
        observed.outcome().requireResult(errno, "an open of " + path);
        assertThat(observed.open().path().value())
                .as("R3.1: the path of a failed open")
                .isEqualTo(path);
        assertThat(observed.open().how().value())
                .as("R3.1: the flags of a failed open")
                .isEqualTo(new OpenHow(flags, 0, 0, 0));
        Violation.unless(
                "R2.19",
                () -> assertThat(observed.open().file())
                        .as("no file on failure")
                        .isEmpty());
    }
}
