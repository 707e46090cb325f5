// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.Feature;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Attacks by requests on an io_uring that the kernel carries out in another mount namespace than the submitter's. */
final class LateCorpus {
    static final String FAMILY = "late-namespace";

    /** The most rounds, each of which is a process that waits. */
    private static final int MOST = 20;
    /** No namespace has this number. It stands for one that has the number of a namespace that is gone. */
    private static final long NO_NUMBER = -1;
    /** O_WRONLY and O_NONBLOCK: an open with these flags fails for a fifo without a reader. */
    private static final long FAILING = 04001;

    /** The size of {@code sun_path}, all of which the actor passes. */
    private static final int UNIX_PATH_ROOM = 108;

    private LateCorpus() {}

    static List<Attack> all() {
        return List.of(
                of(
                        "",
                        "An open waits in an io_uring until its submitter is in another mount namespace",
                        List.of(Syscall.OPENAT),
                        field -> opens(field, "timeout")),
                of(
                        "-worker",
                        "An old thread of an io_uring opens in the namespace that its submitter has left",
                        List.of(Syscall.OPENAT),
                        field -> opens(field, "worker")),
                of(
                        "-number",
                        "The submitter's later namespace has the number of its former one",
                        List.of(Syscall.OPENAT, Feature.REQUEST_NAMESPACES),
                        field -> opens(field, "number")),
                of(
                        "-link",
                        "In the later namespace a link leads to a file of the former one",
                        List.of(Syscall.OPENAT, Feature.REQUEST_NAMESPACES),
                        LateCorpus::linked),
                of(
                        "-failing-drain",
                        "A later request of its chain has the open that fails wait",
                        List.of(Syscall.OPENAT, Feature.REQUEST_NAMESPACES),
                        field -> failures(field, "drain", "b", "a")),
                of(
                        "-failing",
                        "The open that waits fails",
                        List.of(Syscall.OPENAT, Feature.REQUEST_NAMESPACES),
                        field -> failures(field, "timeout", "b", "a")),
                of(
                        "-failing-worker",
                        "The open of the old thread fails",
                        List.of(Syscall.OPENAT, Feature.REQUEST_NAMESPACES),
                        field -> failures(field, "worker", "a", "b")),
                of(
                        "-failing-behind",
                        "The open waits behind a request of the old thread, which then runs it, too",
                        List.of(Syscall.OPENAT, Feature.REQUEST_NAMESPACES),
                        field -> failures(field, "behind", "a", "b")),
                of(
                        "-unix",
                        "A connect to the path of a UNIX socket waits likewise",
                        List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE, Feature.REQUEST_NAMESPACES),
                        field -> connects(field, command(field, "timeout"))),
                of(
                        "-unix-flip",
                        "The address is one of IPv4 whenever the kernel does not read it",
                        List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE, Feature.REQUEST_NAMESPACES),
                        field -> connects(field, command(field, "timeout").with("flips", 1))),
                of(
                        "-unix-worker",
                        "An old thread connects to the path of a UNIX socket",
                        List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE, Feature.REQUEST_NAMESPACES),
                        field -> connects(field, command(field, "worker"))));
    }

    private static void opens(AttackField field, String how) {
        field.makeFile("a");
        field.makeFile("b");
        ByteString path = field.bytes("a");
        play(
                field,
                command(field, how),
                path,
                (letter, namespace) -> KernelOutcome.file(path, field.id(letter), path, false)
                        .in(how.equals("number") ? NO_NUMBER : namespace));
    }

    /**
     * Has opens fail by a fifo, which is a or b, in the namespace in which they are carried out. Opens of a round that
     * succeed are those that went before, in the submitter's own.
     */
    private static void failures(AttackField field, String how, String fifo, String file) {
        field.makeFifo(fifo);
        field.makeFile(file);
        ByteString path = field.bytes("a");
        play(
                field,
                command(field, how).with("flags", FAILING),
                path,
                SyscallEvent::failed,
                (letter, namespace) -> KernelOutcome.nothing(path).in(namespace));
    }

    private static void linked(AttackField field) {
        field.makeFile("a");
        field.makeDirectory("b");
        ByteString place = field.bytes("a");
        ByteString path = ByteString.utf8(field.path("b") + "/root" + field.path("a"));
        play(
                field,
                command(field, "link"),
                path,
                (letter, namespace) ->
                        KernelOutcome.file(path, field.id(letter), place, false).in(namespace));
    }

    private static void connects(AttackField field, Command command) {
        ByteString address = SocketAddresses.unix(field.bytes("a").toByteArray(), UNIX_PATH_ROOM);
        play(
                field,
                command.with("name", "connect"),
                address,
                (letter, namespace) -> KernelOutcome.peer(address, SocketAddresses.unix(field.path(letter)), false)
                        .in(namespace));
    }

    private static Command command(AttackField field, String how) {
        return Command.of(FAMILY).with("how", how).with("a", field.bytes("a")).with("b", field.bytes("b"));
    }

    /** Makes the outcome of a round from the letter of what it reached, and the namespace of the lookup. */
    private interface Outcomes {
        KernelOutcome of(String letter, long namespace);
    }

    private static void play(AttackField field, Command command, ByteString requested, Outcomes outcomes) {
        play(field, command, requested, event -> true, outcomes);
    }

    private static void play(
            AttackField field,
            Command command,
            ByteString requested,
            Predicate<SyscallEvent> isJudged,
            Outcomes outcomes) {
        Reply reply = field.once(command, field.calls());
        List<Integer> tids = reply.integers("tids");
        long[] resolved = Arrays.stream(reply.text("resolved").split(","))
                .mapToLong(Long::parseLong)
                .toArray();
        Map<Integer, List<SyscallEvent>> events = field.eventsOf(0).stream()
                .collect(Collectors.groupingBy(event -> event.caller().tid()));
        for (int i = 0; i < tids.size(); i++) {
            String letter = reply.text("truth").substring(i, i + 1);
            if (letter.equals("x")) {
                continue;
            }
            KernelOutcome taken = outcomes.of(letter, resolved[i]);
            events.getOrDefault(tids.get(i), List.of()).stream()
                    .filter(event -> isOf(event, requested) && isJudged.test(event))
                    .forEach(event -> field.tally().judge(event, taken));
        }
        field.advanced();
    }

    /** Returns whether an event is that of the request. A process has one connect, whose address may be another's. */
    private static boolean isOf(SyscallEvent event, ByteString requested) {
        return !(event instanceof OpenEvent open) || open.path().value().equals(requested);
    }

    private static Attack of(String suffix, String title, List<Capability> more, Attack.Play play) {
        List<Capability> needs = new ArrayList<>(more);
        needs.add(Origin.IO_URING);
        needs.add(Feature.NAMESPACES);
        return new Attack(FAMILY + suffix, title, needs, Scope.FAMILY, MOST, true, play).of(FAMILY, "R2.46");
    }
}
