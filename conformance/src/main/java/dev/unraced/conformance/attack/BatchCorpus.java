// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import static dev.unraced.linux.SocketTypes.IPPROTO_TCP;
import static dev.unraced.linux.SocketTypes.SOCK_RAW;
import static dev.unraced.linux.SocketTypes.SOCK_STREAM;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Origin;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import java.util.List;
import java.util.Map;

/**
 * Attacks by one submission of several requests on an io_uring. The kernel completes the requests when the whole batch
 * has run. By then the descriptor or the socket of an early request may have another object.
 */
final class BatchCorpus {
    static final String FAMILY = "uring-batch";
    private static final int MANY = Integer.MAX_VALUE;
    private static final int FEW = 200;
    private static final int DISCARD = 9;
    /** The second byte of 127.66.0.0/16, which nothing else uses. */
    private static final int NET = 66;

    private BatchCorpus() {}

    static List<Attack> all() {
        return List.of(
                opens("", "A batch opens a file, closes it and opens a decoy", "reopen", Map.of()),
                opens("-close", "A batch opens a file and closes it", "close", Map.of()),
                opens("-linked", "A chain opens a file, closes it and opens a decoy", "reopen", Map.of("linked", 1L)),
                opens("-continued", "Two chains that one event wakes open and close in turn", "continued", Map.of()),
                opens("-polled", "A batch that the kernel's polling thread takes", "reopen", Map.of("polled", 1L)),
                outlived(),
                connects(
                        "-connect",
                        "A batch connects a socket, sends, and connects it elsewhere",
                        "reconnect",
                        Map.of()),
                connects(
                        "-connect-close",
                        "A batch connects a socket twice, and closes it",
                        "reconnect-close",
                        Map.of()),
                connects(
                        "-connect-linked",
                        "A chain connects a socket, sends, and connects it elsewhere",
                        "reconnect",
                        Map.of("linked", 1L)),
                lent(
                        "-connect-lent",
                        "A batch connects a socket, lends it to another user who connects it elsewhere, and closes it",
                        Map.of()),
                lent("-connect-lent-silent", "The other user's request asks for no completion", Map.of("silent", 1L)),
                lent(
                        "-connect-raw",
                        "The same with a raw socket of TCP's protocol",
                        Map.of("silent", 1L, "type", (long) SOCK_RAW, "protocol", (long) IPPROTO_TCP)),
                lent(
                        "-connect-again",
                        "The same with a TCP socket whose attempt has succeeded before the batch",
                        Map.of("silent", 1L, "type", (long) SOCK_STREAM)),
                named(),
                ended(),
                polled(),
                attempt());
    }

    private static Attack opens(String suffix, String title, String how, Map<String, Long> words) {
        return of(suffix, title, List.of(Syscall.OPENAT, Origin.IO_URING), field -> {
            field.makeFile("secret");
            field.makeSymlink("secret", "link");
            field.makeFile("decoy");
            ByteString link = field.bytes("link");
            KernelOutcome secret = KernelOutcome.file(link, field.id("secret"), field.bytes("secret"), false);
            KernelOutcome decoy = KernelOutcome.file(field.bytes("decoy"), field.id("decoy"));
            boolean shared = words.containsKey("polled");
            field.play(
                    command(how, words).with("a", link).with("b", field.bytes("decoy")),
                    Map.of('a', marked(secret, shared), 'b', marked(decoy, shared)));
        });
    }

    /** Makes the attack whose only round takes seconds: an idle worker ends after five. */
    private static Attack outlived() {
        List<Capability> needs = List.of(Syscall.OPENAT, Origin.IO_URING);
        return new Attack(
                        FAMILY + "-outlived",
                        "A worker reopens the descriptor, and ends before the batch does",
                        needs,
                        Scope.PROCESS,
                        1,
                        false,
                        field -> {
                            field.makeFile("secret");
                            field.makeFile("decoy");
                            ByteString secret = field.bytes("secret");
                            ByteString decoy = field.bytes("decoy");
                            Command command = Command.of("uring-outlived")
                                    .with("a", secret)
                                    .with("b", decoy);
                            KernelOutcome first = KernelOutcome.file(secret, field.id("secret"));
                            KernelOutcome second = KernelOutcome.file(decoy, field.id("decoy"));
                            field.judgeLetters(
                                    field.once(command, 1),
                                    Map.of('a', marked(first, true), 'b', marked(second, true)));
                        })
                .of(FAMILY, "R2.42");
    }

    /**
     * Allows the mark of a shared table: the SQPOLL thread and the process share the table, and each may replace a
     * descriptor.
     */
    private static KernelOutcome marked(KernelOutcome taken, boolean shared) {
        return shared ? taken.unless(EventFlag.FD_TABLE_SHARED) : taken;
    }

    private static Attack lent(String suffix, String title, Map<String, Long> words) {
        List<Capability> needs = List.of(Syscall.CONNECT, Origin.IO_URING, Feature.SOCKET_TUPLE);
        return new Attack(FAMILY + suffix, title, needs, Scope.PROCESS, FEW, true, field -> {
                    ByteString a = address(field, 1);
                    field.play(
                            with(Command.of("uring-lent").with("a", a).with("b", address(field, 2)), words),
                            Map.of('a', KernelOutcome.peer(a).unless(EventFlag.SOCKET_SHARED)));
                })
                .of(FAMILY, "R2.43");
    }

    private static Attack named() {
        String title = "A batch connects a UNIX socket, lends it to a process that binds it, and closes it";
        return unnamed("-connect-named", title, Command.of("uring-lent").with("binds", 1))
                .of(FAMILY, "R2.43");
    }

    private static Attack ended() {
        List<Capability> needs = List.of(Syscall.CONNECT, Origin.IO_URING, Feature.SOCKET_TUPLE);
        String title = "A batch disconnects a TCP socket, lends it to a process that binds it, and closes it";
        return new Attack(FAMILY + "-connect-ended", title, needs, Scope.PROCESS, FEW, true, field -> {
                    ByteString nobody = SocketAddresses.family(Sockaddr.AF_UNSPEC, 16);
                    field.play(
                            Command.of("uring-lent")
                                    .with("a", nobody)
                                    .with("b", address(field, 1))
                                    .with("type", SOCK_STREAM)
                                    .with("ends", 1),
                            Map.of(
                                    'a',
                                    KernelOutcome.noPeer(nobody)
                                            .from(SocketAddresses.inet(0, 0, 0, 0, 0))
                                            .unless(EventFlag.SOCKET_SHARED)));
                })
                .of(FAMILY, "R2.42");
    }

    private static Attack polled() {
        String title = "A request that runs again in task work connects a UNIX socket, which a process then binds";
        return unnamed("-connect-polled", title, Command.of("uring-polled")).of(FAMILY, "R2.42");
    }

    /** Makes an attack on the own name of a UNIX socket, which has none when its connect ends. */
    private static Attack unnamed(String suffix, String title, Command command) {
        List<Capability> needs = List.of(Syscall.CONNECT, Origin.IO_URING, Feature.SOCKET_TUPLE);
        return new Attack(FAMILY + suffix, title, needs, Scope.PROCESS, FEW, true, field -> {
            String names = "\0unraced-" + field.actor().tgid();
            ByteString a = SocketAddresses.unix(names + "-peer");
            field.play(
                    command.with("a", a).with("b", SocketAddresses.unix(names + "-own")),
                    Map.of(
                            'a',
                            KernelOutcome.peer(a)
                                    .from(SocketAddresses.unix(new byte[0]))
                                    .unless(EventFlag.SOCKET_SHARED)));
        });
    }

    private static Attack attempt() {
        List<Capability> needs = List.of(Syscall.CONNECT, Origin.IO_URING, Feature.SOCKET_TUPLE);
        return new Attack(
                        FAMILY + "-connect-attempt",
                        "A batch connects a socket that waits for its peer, and a process begins another attempt",
                        needs,
                        Scope.PROCESS,
                        FEW,
                        true,
                        field -> {
                            ByteString a = address(field, 1);
                            ByteString b = address(field, 2);
                            field.play(
                                    Command.of("uring-attempt").with("a", a).with("b", b),
                                    Map.of(
                                            'a',
                                            KernelOutcome.peer(a).unless(EventFlag.SOCKET_SHARED),
                                            'b',
                                            KernelOutcome.peer(b, a, false).unless(EventFlag.SOCKET_SHARED)));
                        })
                .of(FAMILY, "R2.43");
    }

    /** Returns an address of the loopback network that only this actor uses. */
    private static ByteString address(AttackField field, int host) {
        return SocketAddresses.inet(DISCARD, 127, NET, field.actor().tgid() & 0xff, host);
    }

    private static Attack connects(String suffix, String title, String how, Map<String, Long> words) {
        return of(suffix, title, List.of(Syscall.CONNECT, Origin.IO_URING, Feature.SOCKET_TUPLE), field -> {
            ByteString a = address(field, 1);
            ByteString b = address(field, 2);
            field.play(
                    command(how, words).with("a", a).with("b", b),
                    Map.of(
                            'a', KernelOutcome.peer(a).unless(EventFlag.SOCKET_SHARED),
                            'b', KernelOutcome.peer(b).unless(EventFlag.SOCKET_SHARED)));
        });
    }

    private static Command command(String how, Map<String, Long> words) {
        return with(Command.of(FAMILY).with("how", how), words);
    }

    private static Command with(Command start, Map<String, Long> words) {
        Command command = start;
        for (Map.Entry<String, Long> word : words.entrySet()) {
            command = command.with(word.getKey(), word.getValue());
        }
        return command;
    }

    private static Attack of(String suffix, String title, List<Capability> needs, Attack.Play play) {
        return new Attack(FAMILY + suffix, title, needs, Scope.PROCESS, MANY, false, play).of(FAMILY, "R2.42");
    }
}
