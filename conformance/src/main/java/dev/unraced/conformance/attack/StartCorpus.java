// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Attacks by calls without a file whose path starts in another mount namespace than the caller's. */
final class StartCorpus {
    static final String FAMILY = "start-elsewhere";

    private static final int FEW = 200;
    private static final int MANY = Integer.MAX_VALUE;
    /** The most calls of one command. */
    private static final int BATCH = 2_000;
    /** The extra calls where the attacker was too late in all, as a multiple of the wanted number. */
    private static final int EXTRA = 9;
    /** The size of {@code sun_path}, all of which the actor passes. */
    private static final int UNIX_PATH_ROOM = 108;

    private static final Command EXCHANGE = command("exchange").with("name", "connect");

    private StartCorpus() {}

    static List<Attack> all() {
        Command batch = command("batch");
        Command flip = command("flip");
        Command back = command("return");
        return List.of(
                of(
                        "-in-root",
                        "RESOLVE_IN_ROOT makes the root of another mount namespace the root of a failed open",
                        List.of(Syscall.OPENAT2),
                        command("in-root")),
                request(
                        "-batch",
                        "A batch closes the directory elsewhere below which its first open failed",
                        batch.with("ring", "plain")),
                request(
                        "-batch-replaced",
                        "A batch puts another directory there instead",
                        batch.with("ring", "plain").with("replaced", 1)),
                request("-batch-polled", "A polled ring takes such a batch", batch.with("ring", "polled")),
                request("-batch-deferred", "A ring with deferred work takes it", batch.with("ring", "deferred")),
                request(
                        "-unshare",
                        "An open waits while its submitter takes a working directory of its own, and moves it",
                        command("unshare").with("ring", "plain").with("relative", 1)),
                race(
                        "-flip",
                        "A process that shares the root moves it elsewhere and back while an open fails",
                        List.of(Syscall.OPENAT),
                        flip),
                race(
                        "-flip-unix",
                        "It does so while a connect to the path of a UNIX socket runs",
                        List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE),
                        flip.with("name", "connect")),
                race(
                        "-flip-polled",
                        "It does so while a polled ring opens",
                        List.of(Syscall.OPENAT, Origin.IO_URING),
                        flip.with("ring", "polled")),
                race(
                        "-flip-unix-polled",
                        "It does so while a polled ring connects to the path of a UNIX socket",
                        List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE, Origin.IO_URING),
                        flip.with("name", "connect").with("ring", "polled")),
                race(
                        "-exchange",
                        "At a root elsewhere, a connect by path runs while its descriptor becomes that of IPv4",
                        List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE),
                        EXCHANGE),
                race(
                        "-exchange-block",
                        "At a root elsewhere, socketcall's descriptor becomes that of a UNIX socket in memory",
                        List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE, Abi.IA32),
                        command("block").with("name", "connect")),
                race(
                        "-exchange-leave",
                        "At a root elsewhere, a sharer puts a UNIX socket behind a connect's descriptor, and leaves",
                        List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE),
                        command("leave").with("name", "connect")),
                race(
                        "-return",
                        "A process that shares the root has moved it elsewhere, and moves it back while an open fails",
                        List.of(Syscall.OPENAT),
                        back),
                race(
                        "-return-unix",
                        "It does so while a connect to the path of a UNIX socket runs",
                        List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE),
                        back.with("name", "connect")),
                race(
                        "-return-directory",
                        "It does so with the working directory alone while an open of a relative path fails",
                        List.of(Syscall.OPENAT),
                        back.with("relative", 1)));
    }

    private static Command command(String how) {
        return Command.of(FAMILY).with("how", how);
    }

    private static void play(AttackField field, Command command, boolean connects) {
        int tree = 0;
        int more = field.calls() * EXTRA;
        for (int left = field.calls(); left > 0 || (field.tally().isUnwon() && more > 0); ) {
            int count = Math.min(left > 0 ? left : more, BATCH);
            String base = "tree" + tree++;
            field.makeDirectory(base);
            Reply reply =
                    field.actor().ask(command.with("base", field.bytes(base)).with("calls", count));
            // A slow machine makes fewer calls in the time of a command.
            field.won(reply.text("truth").length(), reply.number("won"));
            judge(field, reply, connects, command == EXCHANGE);
            more -= left > 0 ? 0 : count;
            left -= count;
        }
    }

    private static void judge(AttackField field, Reply reply, boolean connects, boolean exchanges) {
        ByteString path = ByteString.copyOf(HexFormat.of().parseHex(reply.text("path")));
        ByteString passed = connects ? SocketAddresses.unix(path.toByteArray(), UNIX_PATH_ROOM) : path;
        KernelOutcome there = connects
                ? KernelOutcome.peer(passed, SocketAddresses.unix(path.toUtf8()), true)
                : KernelOutcome.nothing(passed);
        if (exchanges) {
            there = there.unless(EventFlag.FD_TABLE_SHARED, EventFlag.SOCKET_SHARED);
        }
        Map<Character, KernelOutcome> meanings = Map.of(
                'e', there.in(reply.number("elsewhere")),
                'o', KernelOutcome.nothing(passed).in(reply.number("own")));
        // A polling thread of the kernel's has an id of its own.
        List<SyscallEvent> events = field.eventsOf(0).stream()
                .filter(event -> passed.equals(argument(event)))
                .toList();
        field.judgeLetters(events, reply.text("truth"), meanings);
    }

    private static ByteString argument(SyscallEvent event) {
        return event instanceof OpenEvent open
                ? open.path().value()
                : ((ConnectEvent) event).address().value().bytes();
    }

    private static Attack of(String suffix, String title, List<? extends Capability> needs, Command command) {
        return make(suffix, title, needs, FEW, false, command);
    }

    private static Attack request(String suffix, String title, Command command) {
        return of(suffix, title, List.of(Syscall.OPENAT, Origin.IO_URING), command);
    }

    private static Attack race(String suffix, String title, List<? extends Capability> needs, Command command) {
        return make(suffix, title, needs, MANY, true, command);
    }

    private static Attack make(
            String suffix, String title, List<? extends Capability> more, int most, boolean race, Command command) {
        boolean connects = more.contains(Syscall.CONNECT);
        List<Capability> needs = new ArrayList<>(more);
        needs.add(Feature.NAMESPACES);
        needs.add(Feature.START_NAMESPACES);
        Attack.Play play = field -> play(field, command, connects);
        return new Attack(FAMILY + suffix, title, needs, Scope.FAMILY, most, race, play).of(FAMILY, "R2.46");
    }
}
