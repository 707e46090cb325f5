// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.hunt.Program.Actor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the shortest program that still shows a lie: it leaves out actors, ops, requests and words one by one, and
 * keeps a program that still lies in one of several runs, since a race is not won each time.
 */
final class Shrinker {
    private static final List<String> NEEDED =
            List.of("path=", "call=", "what=", "kind=", "to=", "or=", "other=", "slot=");

    private final Function<Program, Verdict> run;
    private final String kind;
    private final int repeats;
    private final long deadline;

    /**
     * A shrinker of one lie.
     *
     * @param run runs a program and judges it
     * @param kind the lie's kind
     * @param repeats how many runs a program gets before it counts as one without the lie
     * @param nanos longest time to go on
     */
    Shrinker(Function<Program, Verdict> run, String kind, int repeats, long nanos) {
        this.run = run;
        this.kind = kind;
        this.repeats = repeats;
        this.deadline = System.nanoTime() + nanos;
    }

    /** Returns the shortest program found, with its last lie; empty when the lie does not come again. */
    Optional<Shrunk> shrink(Program program) {
        Optional<Lie> first = lie(program);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        Shrunk best = new Shrunk(program, first.get());
        boolean better = true;
        while (better && System.nanoTime() < deadline) {
            better = false;
            for (Program smaller : smaller(best.program())) {
                if (System.nanoTime() >= deadline) {
                    break;
                }
                Optional<Lie> lie = lie(smaller);
                if (lie.isPresent()) {
                    best = new Shrunk(smaller, lie.get());
                    better = true;
                    break;
                }
            }
        }
        return Optional.of(best);
    }

    private Optional<Lie> lie(Program program) {
        for (int i = 0; i < repeats; i++) {
            Optional<Lie> lie = run.apply(program).lies().stream()
                    .filter(each -> each.kind().equals(kind))
                    .findFirst();
            if (lie.isPresent()) {
                return lie;
            }
        }
        return Optional.empty();
    }

    /** Returns programs with a little less, the greatest cuts first. */
    private static List<Program> smaller(Program program) {
        List<Program> all = new ArrayList<>();
        // Fewer rounds come first, because they make each further try shorter.
        if (program.rounds() > 1) {
            all.add(program.withRounds(1));
            all.add(program.withRounds(Math.max(1, program.rounds() / 8)));
            all.add(program.withRounds(program.rounds() / 2));
        }
        for (int i = 0; i < program.actors().size() && program.actors().size() > 1; i++) {
            all.add(program.withoutActor(i));
        }
        for (int i = 0; i < program.actors().size(); i++) {
            Actor actor = program.actors().get(i);
            for (int op = 0; op < actor.ops().size() && actor.ops().size() > 1; op++) {
                List<String> rest = new ArrayList<>(actor.ops());
                rest.remove(op);
                all.add(program.withOps(i, rest));
            }
        }
        for (int i = 0; i < program.actors().size(); i++) {
            Actor actor = program.actors().get(i);
            for (int op = 0; op < actor.ops().size(); op++) {
                for (String shorter : shorter(actor.ops().get(op))) {
                    List<String> changed = new ArrayList<>(actor.ops());
                    changed.set(op, shorter);
                    all.add(program.withOps(i, changed));
                }
            }
        }
        return all;
    }

    /** Returns copies of an op with one request less, or one property less. */
    private static List<String> shorter(String op) {
        List<String> all = new ArrayList<>();
        List<String> parts = Arrays.asList(op.split(" \\| ", 0));
        for (int i = 1; i < parts.size() && parts.size() > 2; i++) {
            List<String> rest = new ArrayList<>(parts);
            rest.remove(i);
            all.add(String.join(" | ", rest));
        }
        List<String> words = Arrays.asList(op.split(" ", 0));
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            boolean isVerb = words.get(i - 1).equals("|");
            if (!isVerb && !word.equals("|") && NEEDED.stream().noneMatch(word::startsWith)) {
                List<String> rest = new ArrayList<>(words);
                rest.remove(i);
                all.add(String.join(" ", rest));
            }
        }
        return all;
    }

    /**
     * A shortened program.
     *
     * @param program the program
     * @param lie the lie that it showed
     */
    record Shrunk(Program program, Lie lie) {}
}
