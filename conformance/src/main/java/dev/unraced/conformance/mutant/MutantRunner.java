// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.mutant;

import dev.unraced.conformance.ConformanceRunner;
import dev.unraced.conformance.RulePattern;
import dev.unraced.conformance.RuleResult;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.spec.RuleNumber;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Tests the kit: runs all rules against drivers that are broken on purpose, and checks which rules fail. */
public final class MutantRunner {

    /** The rules that judge a mutant. */
    public enum Scope {
        /** All rules, so that a mutant that breaks more than it names is noticed. */
        EVERY_RULE,
        /**
         * The tests of the rules that the mutant names, which take a fraction of the time. Where those do not notice
         * all of them, the other rules follow one by one until all have failed, since a test of another rule can come
         * upon a broken one.
         */
        OWN_RULES
    }

    private MutantRunner() {}

    /**
     * Runs rules against each mutant that breaks a chosen rule.
     *
     * @param rules the rules that have to be proven
     * @param scope the rules that judge a mutant
     * @param parallel the number of mutants that run at a time, from 1
     * @param progress receives each result as it comes, one at a time
     */
    public static MutantReport run(
            List<Mutant> mutants, RulePattern rules, Scope scope, int parallel, Consumer<MutantResult> progress) {
        List<Mutant> chosen =
                mutants.stream().filter(mutant -> breaksAny(mutant, rules)).toList();
        ExecutorService workers = Executors.newFixedThreadPool(parallel);
        try {
            List<Future<MutantResult>> running = chosen.stream()
                    .map(mutant -> workers.submit(() -> tell(progress, judge(mutant, scope))))
                    .toList();
            List<MutantResult> results = new ArrayList<>();
            for (Future<MutantResult> result : running) {
                results.add(result.get());
            }
            return new MutantReport(results, unproven(chosen, rules));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while mutants ran", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a mutant could not be run: " + e.getCause(), e);
        } finally {
            workers.shutdownNow();
        }
    }

    private static MutantResult judge(Mutant mutant, Scope scope) {
        if (scope == Scope.EVERY_RULE) {
            return result(mutant, judge(mutant, RulePattern.ALL));
        }
        List<RuleResult> results = new ArrayList<>(judge(mutant, RulePattern.of(String.join(",", mutant.rules()))));
        MutantResult result = result(mutant, results);
        for (Iterator<RuleNumber> others = others(mutant); isMissed(result) && others.hasNext(); ) {
            results.addAll(judge(mutant, RulePattern.of(others.next().toString())));
            result = result(mutant, results);
        }
        return result;
    }

    private static boolean isMissed(MutantResult result) {
        return result.verdict() == MutantResult.Verdict.MISSED;
    }

    /** Returns the rules that a mutant does not name, those of its own chapters first. */
    private static Iterator<RuleNumber> others(Mutant mutant) {
        NavigableSet<RuleNumber> others = ConformanceRunner.rules();
        List<RuleNumber> own = mutant.rules().stream().map(RuleNumber::of).toList();
        others.removeAll(own);
        Set<Integer> chapters = own.stream().map(RuleNumber::chapter).collect(Collectors.toSet());
        return others.stream()
                .sorted(Comparator.comparing(number -> !chapters.contains(number.chapter())))
                .iterator();
    }

    private static List<RuleResult> judge(Mutant mutant, RulePattern rules) {
        return ConformanceRunner.run(mutant.make().get(), rules, result -> {}).results();
    }

    private static MutantResult result(Mutant mutant, List<RuleResult> results) {
        List<RuleResult> broken = results.stream()
                .filter(result -> result.status() == Status.BROKEN)
                .toList();
        NavigableSet<RuleNumber> failed = new TreeSet<>();
        for (RuleResult result : broken) {
            failed.add(result.broken()
                    .orElseThrow(() -> new IllegalStateException("mutant " + mutant.name() + " cannot be judged: "
                            + result.group() + ": " + result.reason())));
        }
        String reason = broken.stream()
                // The reason of an unexpected failure says most.
                .min(Comparator.comparing(result -> isExpected(mutant, result)))
                .map(result -> result.rule() + ": " + result.reason())
                .orElse("");
        long skipped = results.stream()
                .filter(result -> result.status() == Status.SKIPPED)
                .count();
        return new MutantResult(mutant, failed, skipped, reason);
    }

    private static boolean isExpected(Mutant mutant, RuleResult result) {
        return result.broken()
                .map(RuleNumber::toString)
                .filter(mutant.rules()::contains)
                .isPresent();
    }

    private static MutantResult tell(Consumer<MutantResult> progress, MutantResult result) {
        synchronized (progress) {
            progress.accept(result);
        }
        return result;
    }

    private static boolean breaksAny(Mutant mutant, RulePattern rules) {
        return mutant.rules().stream().map(RuleNumber::of).anyMatch(rules::matches);
    }

    private static NavigableSet<RuleNumber> unproven(List<Mutant> mutants, RulePattern rules) {
        NavigableSet<RuleNumber> unproven = new TreeSet<>(ConformanceRunner.rules(rules));
        mutants.forEach(mutant -> mutant.rules().stream().map(RuleNumber::of).forEach(unproven::remove));
        return unproven;
    }
}
