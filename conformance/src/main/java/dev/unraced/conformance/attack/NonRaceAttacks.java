// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.attack.KernelOutcome.FileId;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.Feature;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.List;

/** Attacks without a race: names that lead elsewhere, calls that block, ids that are used again, odd addresses. */
final class NonRaceAttacks {
    /** The most of those calls that each need a conversation with the actor. */
    private static final int FEW = 200;

    private static final int BUFFER = 1;
    private static final int FILE = 1;
    private static final int LISTENER = 1;
    private static final int CLIENT = 2;
    private static final int FILLER = 3;
    private static final int ACCEPTED = 20;
    private static final int ROOM = 16;
    private static final int TAG = 1_000;

    private NonRaceAttacks() {}

    static List<Attack> all() {
        return List.of(
                open("symlink", "A path leads through a symbolic link", NonRaceAttacks::symlink),
                open("procfs", "A path leads through /proc/self/root and /proc/self/fd", NonRaceAttacks::procfs),
                open("bind-mount", "A path leads through a bind mount", NonRaceAttacks::bindMount),
                open("hard-link", "A path is another name of the file", NonRaceAttacks::hardLink),
                open("o-path", "A file is opened by O_PATH, and again through /proc", NonRaceAttacks::byPath),
                open("memfd", "A file without a directory is opened through /proc", NonRaceAttacks::memfd),
                open("blocking", "A path is rewritten while the open blocks on a fifo", NonRaceAttacks::blocking),
                of(
                        "blocking-connect",
                        "An address is rewritten while the connect waits to be accepted",
                        Syscall.CONNECT,
                        Scope.PROCESS,
                        NonRaceAttacks::blockingConnect),
                of(
                        "odd-address",
                        "Addresses that are short, or of no or another family",
                        Syscall.CONNECT,
                        Scope.PROCESS,
                        NonRaceAttacks::oddAddresses),
                ignored(
                        "",
                        "A second connect succeeds by the attempt of the first one, and its address is ignored",
                        true,
                        false),
                ignored("-uring", "A request of an io_uring makes the second connect", true, true),
                ignored(
                        "-refused",
                        "A second connect fails as the attempt of the first one does, and its address is ignored",
                        false,
                        false),
                ignored("-refused-uring", "A request of an io_uring makes the failing connect", false, true),
                of(
                        "tid-reuse",
                        "A killed thread's id calls again",
                        Syscall.OPENAT,
                        Scope.FAMILY,
                        NonRaceAttacks::reuse),
                of(
                        "exec",
                        "A thread that execs takes the id of one that is in a call",
                        Syscall.OPENAT,
                        Scope.FAMILY,
                        NonRaceAttacks::exec));
    }

    private static Attack of(String name, String title, Syscall needed, Scope scope, Attack.Play play) {
        return new Attack(name, title, List.of(needed), scope, FEW, false, play);
    }

    private static Attack open(String name, String title, Attack.Play play) {
        return of(name, title, Syscall.OPENAT, Scope.PROCESS, play);
    }

    /**
     * Makes an attack.
     *
     * @param isAnswered whether somebody listens where the first attempt goes
     */
    private static Attack ignored(String suffix, String title, boolean isAnswered, boolean byRequest) {
        List<Capability> needs = byRequest
                ? List.of(Syscall.CONNECT, Origin.IO_URING, Feature.SOCKET_TUPLE)
                : List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE);
        return new Attack(
                "connect-ignored" + suffix,
                title,
                needs,
                Scope.PROCESS,
                FEW,
                false,
                field -> ignoredAddress(field, isAnswered, byRequest));
    }

    private static void symlink(AttackField field) {
        field.makeFile("evil");
        field.makeDirectory("dir");
        field.makeSymlink("evil", "harmless");
        field.makeSymlink("..", "dir/up");
        opens(field, false, "harmless", "dir/up/evil", "dir/../evil");
    }

    private static void procfs(AttackField field) {
        field.makeFile("evil");
        ByteString descriptor = kept(field, "evil", Linux.O_RDONLY);
        ByteString root = ByteString.utf8("/proc/self/root" + field.path("evil"));
        while (field.tally().counts().attempts() < field.calls()) {
            open(field, descriptor, false);
            open(field, root, false);
        }
    }

    private static void bindMount(AttackField field) {
        field.makeDirectory("evil");
        field.makeFile("evil/file");
        field.makeDirectory("harmless");
        field.actor().ask(Command.of("mount").with("from", field.bytes("evil")).with("to", field.bytes("harmless")));
        opens(field, true, "harmless/file");
    }

    private static void hardLink(AttackField field) {
        field.makeFile("evil");
        field.actor().ask(Command.of("link").with("from", field.bytes("evil")).with("to", field.bytes("harmless")));
        opens(field, true, "harmless");
    }

    private static void byPath(AttackField field) {
        field.makeFile("evil");
        ByteString path = field.bytes("evil");
        ByteString again = kept(field, "evil", Linux.O_PATH);
        while (field.tally().counts().attempts() < field.calls()) {
            field.judge(WatchedCall.openat(Pointer.to(path), Linux.O_PATH, 0), outcome -> file(path, outcome, true));
            open(field, again, false);
        }
    }

    private static void memfd(AttackField field) {
        int fd = field.actor().ask(Command.of("memfd").with("keep", FILE)).integer("fd");
        ByteString path = ByteString.utf8("/proc/self/fd/" + fd);
        while (field.tally().counts().attempts() < field.calls()) {
            open(field, path, false);
        }
    }

    private static void blocking(AttackField field) {
        Scenario scenario = field.scenario();
        field.makeFifo("fifo");
        ByteString passed = field.bytes("fifo");
        ByteString forged = field.bytes("fake");
        for (int i = 0; i < field.calls(); i++) {
            scenario.setBuffer(BUFFER, passed);
            Job job = scenario.block(WatchedCall.openat(Pointer.buffer(BUFFER), Linux.O_RDONLY, i));
            scenario.setBuffer(BUFFER, forged);
            Outcome outcome = scenario.finishReader(field.name("fifo"), job);
            field.tally().judge(eventOf(scenario, job), file(passed, outcome, true));
            field.advanced();
        }
    }

    private static void blockingConnect(AttackField field) {
        Scenario scenario = field.scenario();
        Sockets sockets = new Sockets(field.actor());
        ByteString passed = SocketAddresses.unix(field.path("real"));
        ByteString forged = SocketAddresses.unix(field.path("fake"));
        sockets.listenFull(LISTENER, passed, FILLER);
        for (int i = 0; i < field.calls(); i++) {
            sockets.stream(CLIENT, Linux.AF_UNIX);
            scenario.setBuffer(BUFFER, passed);
            Job job = scenario.block(WatchedCall.connect("h:" + CLIENT, Pointer.buffer(BUFFER), passed.length()));
            scenario.setBuffer(BUFFER, forged);
            sockets.accept(LISTENER, ACCEPTED);
            job.finish();
            field.tally().judge(eventOf(scenario, job), KernelOutcome.peer(passed));
            field.advanced();
        }
    }

    private static void oddAddresses(AttackField field) {
        Sockets sockets = new Sockets(field.actor());
        ByteString loopback = SocketAddresses.loopback(9);
        List<ByteString> addresses = List.of(
                SocketAddresses.family(0, 2),
                SocketAddresses.family(0, 16),
                SocketAddresses.family(Linux.AF_INET, 2),
                ByteString.copyOf(new byte[] {Linux.AF_INET}),
                SocketAddresses.family(Linux.AF_INET6, 16),
                SocketAddresses.unix("/nowhere"),
                SocketAddresses.family(40, 128),
                loopback);
        while (field.tally().counts().attempts() < field.calls()) {
            sockets.datagram(CLIENT, Linux.AF_INET);
            for (ByteString address : addresses) {
                field.judge(
                        WatchedCall.connect("h:" + CLIENT, address),
                        outcome -> outcome.result() == 0 && outcome.peer().isPresent()
                                ? KernelOutcome.peer(address, outcome.peer().get(), address.equals(loopback))
                                : KernelOutcome.nothing(address));
            }
        }
    }

    /**
     * Connects sockets that must not block twice. The first attempt succeeds or is refused in the background; the
     * second connect tells of it, and the kernel does not look at its address, which nobody listens at.
     */
    private static void ignoredAddress(AttackField field, boolean isAnswered, boolean byRequest) {
        Sockets sockets = new Sockets(field.actor());
        ByteString reached = isAnswered
                ? sockets.listen(LISTENER, SocketAddresses.loopback(0), ROOM)
                : sockets.freeAddress(LISTENER);
        ByteString ignored = sockets.freeAddress(FILLER);
        while (field.tally().counts().attempts() < field.calls()) {
            sockets.nonblocking(CLIENT, Linux.AF_INET);
            field.scenario().call(WatchedCall.connect("h:" + CLIENT, reached));
            WatchedCall second = WatchedCall.connect("h:" + CLIENT, ignored);
            SyscallEvent event = field.judge(
                            byRequest ? second.throughRing() : second,
                            outcome -> outcome.result() == 0
                                    ? KernelOutcome.peer(ignored, reached, false)
                                    : KernelOutcome.nothing(ignored))
                    .event();
            SocketCorpus.judgeUnread(field.tally(), (ConnectEvent) event);
            if (isAnswered) {
                sockets.accept(LISTENER, ACCEPTED);
            }
        }
    }

    private static void reuse(AttackField field) {
        field.makeFifo("fifo");
        field.makeFile("other");
        while (field.tally().counts().attempts() < field.calls()) {
            int rounds = Math.min(20, field.calls());
            field.actor()
                    .ask(Command.of("reuse")
                            .with("path", field.bytes("fifo"))
                            .with("other", field.bytes("other"))
                            .with("rounds", rounds)
                            .with("tag", TAG));
            successors(field, field.bytes("other"));
        }
    }

    private static void exec(AttackField field) {
        field.makeFifo("fifo");
        field.makeFile("other");
        while (field.tally().counts().attempts() < field.calls()) {
            field.actor()
                    .ask(Command.of("exec")
                            .with("path", field.bytes("fifo"))
                            .with("other", field.bytes("other"))
                            .with("tag", TAG));
            successors(field, field.bytes("other"));
        }
    }

    /** Judges the successful calls, which only the threads that took over an id made. */
    private static void successors(AttackField field, ByteString path) {
        FileId file = FileId.of(field.actor().ask(Command.of("stat").with("path", path)));
        List<SyscallEvent> successful = field.scenario().takeEvents().stream()
                .filter(event -> event.call().result() >= 0)
                .toList();
        if (successful.isEmpty()) {
            throw Violation.of("R1.1", "no event of a call that took over an id");
        }
        successful.forEach(event -> field.tally().judge(event, KernelOutcome.file(path, file)));
        field.advanced();
    }

    private static void opens(AttackField field, boolean provable, String... names) {
        while (field.tally().counts().attempts() < field.calls()) {
            for (String name : names) {
                open(field, field.bytes(name), provable);
            }
        }
    }

    private static void open(AttackField field, ByteString path, boolean provable) {
        field.judge(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0), outcome -> file(path, outcome, provable));
    }

    private static KernelOutcome file(ByteString path, Outcome outcome, boolean provable) {
        return KernelOutcome.file(
                path, FileId.of(outcome.reply()), outcome.realPath().orElse(null), provable);
    }

    /** Opens a file and keeps it. Returns the link in /proc of its descriptor. */
    private static ByteString kept(AttackField field, String name, long flags) {
        Outcome outcome = field.scenario()
                .call(WatchedCall.openat(Pointer.to(field.bytes(name)), flags, 0)
                        .keep(FILE))
                .outcome();
        return ByteString.utf8("/proc/self/fd/" + outcome.result());
    }

    private static SyscallEvent eventOf(Scenario scenario, Job job) {
        return scenario.onlyEventOf(job.tid());
    }
}
