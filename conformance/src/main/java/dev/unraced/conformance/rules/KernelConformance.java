// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.ArgumentAssertions;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import java.util.List;

/** Rules about the mode in which the kernel's own copy of an argument replaces the snapshot. */
@Requires(
        mitigations = Mitigation.KERNEL,
        provenances = {Provenance.ENTER, Provenance.KERNEL},
        integrities = Integrity.MATCH)
public abstract class KernelConformance extends DriverConformance {
    private static final int SOCKET = 1;
    private static final int BUFFER = 1;
    private static final int LONGEST_PATH = 4095;

    protected KernelConformance() {}

    @Rule("A path that the kernel copied is its own copy, and matches")
    @Requires(syscalls = {Syscall.OPEN, Syscall.OPENAT, Syscall.OPENAT2, Syscall.CREAT})
    public final void r02_34_aPathThatTheKernelCopiedIsItsCopy() {
        try (Scenario scenario = kernel().open()) {
            scenario.makeFile("file");
            scenario.makeSymlink("file", "link");
            for (String name : List.of("file", "link", "missing", "file/under")) {
                ByteString path = scenario.scratch().bytes(name);
                for (WatchedCall call : List.of(
                        WatchedCall.open(Pointer.to(path), Linux.O_RDONLY, 0),
                        WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0),
                        WatchedCall.openat(Pointer.cold(path), Linux.O_RDONLY, 0),
                        WatchedCall.openat2(Pointer.to(path), Linux.O_RDONLY, 0, 0))) {
                    assertCopied(scenario.call(call).open().path(), path);
                }
            }
            ByteString path = scenario.scratch().bytes("file");
            assertCopied(
                    scenario.call(WatchedCall.creat(Pointer.to(path), 0600))
                            .open()
                            .path(),
                    path);
        }
    }

    @Rule("An address that the kernel copied is its own copy, and matches")
    @Requires(syscalls = Syscall.CONNECT)
    public final void r02_34_anAddressThatTheKernelCopiedIsItsCopy() {
        try (Scenario scenario = kernel().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString free = sockets.freeAddress(SOCKET + 1);
            sockets.stream(SOCKET, Linux.AF_INET);
            for (Pointer pointer : List.of(Pointer.to(free), Pointer.cold(free))) {
                Observed refused = scenario.call(WatchedCall.connect("h:" + SOCKET, pointer, free.length()));
                refused.outcome().requireResult(Linux.ECONNREFUSED, "a connect to a free port");
                assertCopied(bytes(refused.connect()), free);
            }
            sockets.datagram(SOCKET, Linux.AF_INET);
            assertCopied(
                    bytes(scenario.call(WatchedCall.connect("h:" + SOCKET, free))
                            .connect()),
                    free);
        }
    }

    @Rule("A path that is rewritten after the kernel copied it stays the kernel's copy")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r02_34_aCopyHoldsWhileTheCallBlocks() {
        try (Scenario scenario = kernel().attack().open()) {
            scenario.makeFifo("fifo");
            ByteString passed = scenario.scratch().bytes("fifo");
            scenario.setBuffer(BUFFER, passed);
            Job job = scenario.block(WatchedCall.openat(Pointer.buffer(BUFFER), Linux.O_RDONLY, 0));
            scenario.setBuffer(BUFFER, scenario.scratch().bytes("fake"));
            scenario.finishReader("fifo", job);
            Argument<ByteString> path = ((OpenEvent) scenario.onlyEventOf(job.tid())).path();
            assertThat(path.value()).as("the path that the kernel copied").isEqualTo(passed);
            assertThat(path.provenance()).as("the path's provenance").isEqualTo(Provenance.KERNEL);
        }
    }

    @Rule("Who shared the descriptors at the entry of an open, and is gone, leaves no doubt about its file")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r02_34_aThreadThatEndedLeavesNoDoubt() {
        try (Scenario scenario = kernel().scope(Scope.FAMILY).open()) {
            scenario.makeFifo("fifo");
            // The second path is long, and a driver may keep a part of it elsewhere.
            for (String way : List.of("", "./".repeat(500))) {
                ByteString fifo = scenario.scratch().bytes(way + "fifo");
                int tid = scenario.actor()
                        .ask(Command.of("left").with("path", fifo))
                        .integer("tid");
                OpenEvent event = (OpenEvent) scenario.onlyEventOf(tid);
                assertCopied(event.path(), fifo);
                assertThat(event.flags())
                        .as("the flags, with no thread left to share the table")
                        .contains(EventFlag.HAS_FILE)
                        .doesNotContain(EventFlag.FD_TABLE_SHARED);
            }
        }
    }

    @Rule("A path of a call that failed before the kernel's copy is the snapshot, or absent")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r02_35_withoutACopyThePathIsTheSnapshot() {
        try (Scenario scenario = kernel().open()) {
            for (Pointer unreadable : List.of(Pointer.NULL, Pointer.BAD)) {
                Observed observed = scenario.call(WatchedCall.openat(unreadable, Linux.O_RDONLY, 0));
                observed.outcome().requireResult(Linux.EFAULT, "an open of an unreadable path");
                ArgumentAssertions.assertAbsent("R2.35", observed.open().path());
            }
            ByteString endless = ByteString.utf8("x".repeat(LONGEST_PATH + 100));
            Observed tooLong = scenario.call(WatchedCall.openat(Pointer.to(endless), Linux.O_RDONLY, 0));
            tooLong.outcome().requireResult(Linux.ENAMETOOLONG, "an open of a path that is too long");
            Violation.unless(
                    "R10.2",
                    () -> assertThat(tooLong.event().flags()).as("the flags").contains(EventFlag.TRUNCATED));
            assertSnapshot(tooLong.open().path(), ByteString.utf8("x".repeat(LONGEST_PATH)));
        }
    }

    @Rule("An address of a call that failed before the kernel's copy is the snapshot, or absent")
    @Requires(syscalls = Syscall.CONNECT)
    public final void r02_35_withoutACopyTheAddressIsTheSnapshot() {
        try (Scenario scenario = kernel().open()) {
            ByteString address = SocketAddresses.loopback(9);
            Observed noSocket = scenario.call(WatchedCall.connect("-1", address));
            noSocket.outcome().requireResult(Linux.EBADF, "a connect by descriptor -1");
            assertSnapshot(bytes(noSocket.connect()), address);
            new Sockets(scenario.actor()).stream(SOCKET, Linux.AF_INET);
            Observed unreadable = scenario.call(WatchedCall.connect("h:" + SOCKET, Pointer.BAD, address.length()));
            unreadable.outcome().requireResult(Linux.EFAULT, "a connect to an unreadable address");
            ArgumentAssertions.assertAbsent("R2.35", unreadable.connect().address());
        }
    }

    private Scenario.Setup kernel() {
        return scenario().mitigation(Mitigation.KERNEL);
    }

    private static void assertCopied(Argument<ByteString> argument, ByteString passed) {
        assertThat(argument.value()).as("R2.34: as passed").isEqualTo(passed);
        assertThat(argument.provenance()).as("R2.34: %s", passed).isEqualTo(Provenance.KERNEL);
        assertThat(argument.integrity()).as("R2.34: %s", passed).isEqualTo(Integrity.MATCH);
    }

    /** Asserts an argument that the kernel did not copy: it is the snapshot, or what is there at the return. */
    private void assertSnapshot(Argument<ByteString> argument, ByteString passed) {
        assertThat(argument.value()).as("R2.35: as passed").isEqualTo(passed);
        assertThat(argument.provenance())
                .as("R2.35: the kernel has no copy of it")
                .isIn(
                        capabilities().has(Feature.KERNEL_SNAPSHOTS)
                                ? List.of(Provenance.ENTER)
                                : List.of(Provenance.ENTER, Provenance.EXIT));
        assertThat(argument.integrity())
                .as("R2.35: there is nothing that it could match")
                .isEqualTo(Integrity.UNCHECKED);
    }

    private static Argument<ByteString> bytes(ConnectEvent event) {
        return new Argument<>(
                event.address().value().bytes(),
                event.address().provenance(),
                event.address().integrity());
    }
}
