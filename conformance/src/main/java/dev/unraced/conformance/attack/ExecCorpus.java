// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.attack.KernelOutcome.FileId;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.Feature;
import dev.unraced.event.ProcessView;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.linux.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Attacks on what the event of an exec says. Each round is a process, of which the actor knows what it executed. */
final class ExecCorpus {
    static final String FAMILY = "exec-race";

    /** The most rounds, each of which is a process. */
    private static final int MOST = 1_000;
    /** The rounds of one command: few enough for an emulated machine to answer in time. */
    private static final int BATCH = 50;
    /** The extra rounds where the attacker was too late in all, as a multiple of the wanted number. */
    private static final int EXTRA = 9;

    private static final ByteString LINK_OF_PROGRAM = ByteString.utf8("/proc/self/exe");

    private ExecCorpus() {}

    static List<Attack> all() {
        return List.of(
                succeeding(
                        "",
                        "A process that shares the memory flips the path of an execve",
                        "R16.2",
                        true,
                        "flip",
                        Rounds::program),
                succeeding(
                        "-thread",
                        "The same, while another thread than the first executes",
                        "R16.2",
                        true,
                        "thread",
                        (rounds, letter) -> rounds.program(letter).ofOtherThread()),
                succeeding(
                        "-vfork",
                        "A thread of the parent flips the path that a child executes in its memory",
                        "R16.2",
                        true,
                        "vfork",
                        Rounds::program),
                succeeding(
                        "-cold",
                        "The path that is executed lies on a page that is not in memory",
                        "R16.2",
                        false,
                        "cold",
                        Rounds::program),
                succeeding(
                        "-descriptor",
                        "A process that shares the descriptors replaces the one that is executed",
                        "R16.2",
                        true,
                        "descriptor",
                        (rounds, letter) -> ExecOutcome.descriptor(rounds.file(letter))),
                succeeding(
                        "-arguments",
                        "The new program overwrites its arguments at once",
                        "R16.2",
                        false,
                        "arguments",
                        (rounds, letter) -> rounds.program(letter).with(ByteString.utf8("first\0second\0third\0"))),
                of(
                        "-replaced",
                        "The new program replaces its memory's file, and executes /proc/self/exe",
                        "R16.2",
                        false,
                        List.of(),
                        field -> play(
                                field,
                                "replaced",
                                false,
                                (rounds, letter) -> List.of(
                                        rounds.program('a'),
                                        ExecOutcome.program(LINK_OF_PROGRAM, rounds.file(letter))))),
                of(
                        "-ia32",
                        "An execve of the 32-bit convention",
                        "R16.2",
                        false,
                        List.of(Abi.IA32),
                        field -> play(
                                field,
                                "ia32",
                                false,
                                (rounds, letter) ->
                                        List.of(rounds.program(letter).byIa32(ExecCall.EXECVE)))),
                interpreted("-script", "The interpreter of a script is a link that moves", true, "script", "s"),
                interpreted(
                        "-binfmt",
                        "The interpreter that binfmt_misc has for a file is a link that moves",
                        true,
                        "kind",
                        "f"),
                interpreted(
                        "-binfmt-fixed",
                        "The same, of an interpreter that was opened when it was registered",
                        false,
                        "kind-fixed",
                        "f"),
                failing(
                        "-failed",
                        "The path of an exec that fails is flipped",
                        true,
                        "failed",
                        (rounds, letter) -> letter == 'a'
                                ? ExecOutcome.failure(rounds.path("m"), Errno.ENOENT)
                                : ExecOutcome.failure(rounds.path("n"), Errno.EACCES)),
                failing(
                        "-failed-cold",
                        "The path of an exec that fails lies on a page that is not in memory",
                        false,
                        "cold-failed",
                        (rounds, letter) -> ExecOutcome.failure(rounds.path("m"), Errno.ENOENT)),
                failing(
                        "-failed-late",
                        "An exec fails when the memory is replaced and the first thread ended",
                        false,
                        "failed-late",
                        (rounds, letter) ->
                                ExecOutcome.lateFailure(rounds.path("l")).ofOtherThread()),
                failingIa32("", ExecCall.EXECVE),
                failingIa32("-at", ExecCall.EXECVEAT));
    }

    private static Attack failingIa32(String suffix, ExecCall call) {
        return of(
                "-ia32" + suffix + "-failed",
                "An " + call.name().toLowerCase(Locale.ROOT) + " of the 32-bit convention that fails",
                "R16.10",
                false,
                List.of(Feature.FAILED_EXECS, Abi.IA32),
                field -> play(
                        field,
                        "ia32" + suffix + "-failed",
                        false,
                        (rounds, letter) -> List.of(ExecOutcome.failure(rounds.path("m"), Errno.ENOENT)
                                .byIa32(call))));
    }

    /** Makes the outcome of a round from its letter. */
    private interface Outcomes {
        ExecOutcome of(Rounds rounds, char letter);
    }

    /** Makes the outcomes of all execs of a round from its letter. */
    private interface Series {
        List<ExecOutcome> of(Rounds rounds, char letter);
    }

    /** The field of an attack and its two files, of which the outcomes are made. */
    private record Rounds(AttackField field, FileId a, FileId b) {
        ByteString path(String name) {
            return field.bytes(name);
        }

        FileId file(char letter) {
            return letter == 'a' ? a : b;
        }

        ExecOutcome program(char letter) {
            return ExecOutcome.program(path(String.valueOf(letter)), file(letter));
        }
    }

    private static Attack succeeding(
            String suffix, String title, String rule, boolean race, String how, Outcomes outcomes) {
        return of(
                suffix,
                title,
                rule,
                race,
                List.of(),
                field -> play(field, how, race, (rounds, letter) -> List.of(outcomes.of(rounds, letter))));
    }

    private static Attack interpreted(String suffix, String title, boolean race, String how, String file) {
        return of(
                suffix,
                title,
                "R16.3",
                race,
                List.of(Feature.EXEC_INTERPRETER),
                field -> play(
                        field,
                        how,
                        race,
                        (rounds, letter) -> List.of(ExecOutcome.program(rounds.path(file), rounds.file(letter))
                                .by(rounds.path("i")))));
    }

    private static Attack failing(String suffix, String title, boolean race, String how, Outcomes outcomes) {
        return of(
                suffix,
                title,
                "R16.10",
                race,
                List.of(Feature.FAILED_EXECS),
                field -> play(field, how, race, (rounds, letter) -> List.of(outcomes.of(rounds, letter))));
    }

    private static Attack of(
            String suffix, String title, String rule, boolean race, List<Capability> more, Attack.Play play) {
        List<Capability> needs = new ArrayList<>(List.of(Feature.PROCESS_EVENTS));
        if (!more.contains(Feature.FAILED_EXECS)) {
            needs.addAll(List.of(Feature.EXEC_PATH, Feature.EXECUTABLE_INODE));
        }
        needs.addAll(more);
        return new Attack(FAMILY + suffix, title, needs, Scope.FAMILY, MOST, race, play)
                .of(FAMILY, rule)
                .on(builder -> builder.processEvents(true));
    }

    private static void play(AttackField field, String how, boolean race, Series outcomes) {
        Rounds rounds = null;
        int seen = 0;
        for (int left = field.calls(), more = field.calls() * EXTRA;
                left > 0 || (field.tally().isUnwon() && more > 0);
                left -= BATCH) {
            if (left <= 0) {
                left = Math.min(BATCH, more);
                more -= left;
            }
            int count = Math.min(left, BATCH);
            Reply reply = field.actor()
                    .ask(Command.of("exec-race")
                            .with("how", how)
                            .with("base", field.directory())
                            .with("calls", count));
            if (race) {
                field.won(count, reply.number("won"));
            }
            if (rounds == null) {
                rounds = new Rounds(field, field.id("a"), field.id("b"));
            }
            List<ProcessView> events = field.processes();
            judge(field, rounds, reply, events.subList(seen, events.size()), outcomes);
            seen = events.size();
            field.advanced();
        }
    }

    private static void judge(
            AttackField field, Rounds rounds, Reply reply, List<ProcessView> events, Series outcomes) {
        Map<Integer, List<ProcessView>> execs = events.stream()
                .filter(event -> event.type() == ProcessView.Type.EXEC || event.type() == ProcessView.Type.EXEC_FAILED)
                .collect(Collectors.groupingBy(ProcessView::tgid));
        String truth = reply.text("truth");
        List<Integer> tgids = reply.integers("tids");
        for (int i = 0; i < tgids.size(); i++) {
            List<ExecOutcome> really = outcomes.of(rounds, truth.charAt(i));
            List<ProcessView> told = execs.getOrDefault(tgids.get(i), List.of());
            if (told.size() != really.size()) {
                throw Violation.of(
                        really.stream().anyMatch(ExecOutcome::hasFailed) ? "R16.10" : "R16.1",
                        told.size() + " events of " + really.size() + " execs");
            }
            field.scenario().evidence().add(told.size());
            long before = keyOfFork(events, tgids.get(i));
            if (told.stream()
                    .anyMatch(event -> event.type() == ProcessView.Type.EXEC_FAILED && event.processKey() != before)) {
                field.tally().lie("R16.10", "a failed exec with the key of another image: process " + tgids.get(i));
            }
            long last = told.stream()
                    .filter(event -> event.type() == ProcessView.Type.EXEC)
                    .mapToLong(ProcessView::processKey)
                    .reduce(before, (earlier, later) -> later);
            if (keys(events, tgids.get(i), ProcessView.Type.EXIT).anyMatch(key -> key != last)) {
                field.tally().lie("R16.10", "an exit with the key of another image: process " + tgids.get(i));
            }
            for (int exec = 0; exec < really.size(); exec++) {
                field.tally().judge(told.get(exec), really.get(exec));
            }
        }
    }

    private static long keyOfFork(List<ProcessView> events, int tgid) {
        return keys(events, tgid, ProcessView.Type.FORK)
                .findFirst()
                .orElseThrow(() -> Violation.of("R16.1", "no event of a fork"));
    }

    private static LongStream keys(List<ProcessView> events, int tgid, ProcessView.Type type) {
        return events.stream()
                .filter(event -> event.tgid() == tgid && event.type() == type)
                .mapToLong(ProcessView::processKey);
    }
}
