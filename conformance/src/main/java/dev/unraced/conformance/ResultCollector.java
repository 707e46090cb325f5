// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.capture.CaptureException;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.harness.NotApplicable;
import dev.unraced.conformance.harness.NotPlayed;
import dev.unraced.conformance.harness.RuleExtension;
import dev.unraced.conformance.harness.Stochastic;
import dev.unraced.conformance.spec.RuleNumber;
import dev.unraced.conformance.spec.Violation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.opentest4j.TestAbortedException;

/** Turns the reports of JUnit into rule results. */
final class ResultCollector implements TestExecutionListener {
    private final Map<String, String> entries = new ConcurrentHashMap<>();
    private final Map<String, Long> evidence = new ConcurrentHashMap<>();
    private final Map<String, Races> races = new ConcurrentHashMap<>();
    private final Map<String, Long> begun = new ConcurrentHashMap<>();
    private final Consumer<RuleResult> progress;
    private @Nullable TestPlan plan;

    ResultCollector(Consumer<RuleResult> progress) {
        this.progress = progress;
    }

    @Override
    public void testPlanExecutionStarted(TestPlan testPlan) {
        plan = testPlan;
    }

    @Override
    public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
        String events = entry.getKeyValuePairs().get(RuleExtension.EVIDENCE);
        if (events != null) {
            evidence.put(test.getUniqueId(), Long.valueOf(events));
            return;
        }
        String rounds = entry.getKeyValuePairs().get(RuleExtension.ROUNDS);
        if (rounds != null) {
            long won = Long.parseLong(entry.getKeyValuePairs().get(RuleExtension.WON));
            races.put(test.getUniqueId(), new Races(Long.parseLong(rounds), won));
            return;
        }
        String line = entry.getKeyValuePairs().entrySet().stream()
                .map(pair -> pair.getKey() + ": " + pair.getValue())
                .collect(Collectors.joining(", "));
        entries.merge(test.getUniqueId(), line, (one, other) -> one + "\n" + other);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        begun.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        add(test, Status.BROKEN, "undeclared skip: " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        String message = result.getThrowable().map(ResultCollector::message).orElse("");
        Optional<RuleNumber> violated = result.getThrowable().flatMap(Violation::rule);
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
                if (test.isTest()) {
                    add(test, Status.KEPT, entries.getOrDefault(test.getUniqueId(), ""));
                }
            }
            case ABORTED -> add(test, aborted(result.getThrowable().orElse(null)), message);
            case FAILED ->
                add(test, result.getThrowable().map(ResultCollector::failed).orElse(Status.BROKEN), message, violated);
        }
    }

    /** An actor that fails says nothing of the driver, unless an assertion came before. */
    private static Status failed(Throwable thrown) {
        return thrown instanceof ActorException ? Status.ERROR : Status.BROKEN;
    }

    private static Status aborted(@Nullable Throwable thrown) {
        if (thrown instanceof NotPlayed) {
            return Status.NOT_PLAYED;
        }
        return thrown instanceof NotApplicable ? Status.NOT_APPLICABLE : Status.SKIPPED;
    }

    private void add(TestIdentifier test, Status status, String reason) {
        add(test, status, reason, Optional.empty());
    }

    private void add(TestIdentifier test, Status status, String reason, Optional<RuleNumber> violated) {
        RuleResult result = new RuleResult(
                group(test),
                rule(test),
                status,
                reason,
                took(test),
                evidence.getOrDefault(test.getUniqueId(), 0L),
                races(test),
                violated);
        progress.accept(result);
    }

    /** Returns the races of a rule that depends on luck, whether it ran or not. */
    private Optional<Races> races(TestIdentifier test) {
        boolean isStochastic = test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getJavaMethod())
                .filter(method -> AnnotationSupport.isAnnotated(method, Stochastic.class))
                .isPresent();
        return isStochastic ? Optional.of(races.getOrDefault(test.getUniqueId(), Races.NONE)) : Optional.empty();
    }

    private Duration took(TestIdentifier test) {
        Long begin = begun.get(test.getUniqueId());
        return begin == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Returns the group's name. It is the class directly in the suite, which may have groups within. */
    private String group(TestIdentifier test) {
        TestIdentifier group = test;
        Optional<TestIdentifier> around = parent(group);
        while (around.flatMap(this::parent).flatMap(this::parent).isPresent()) {
            group = around.get();
            around = parent(group);
        }
        return group.getDisplayName();
    }

    private Optional<TestIdentifier> parent(TestIdentifier test) {
        return plan == null ? Optional.empty() : plan.getParent(test);
    }

    private static String rule(TestIdentifier test) {
        return test.isTest() ? test.getDisplayName() : "all rules";
    }

    /**
     * Returns the message of a judgement; of any other exception, which a driver may throw, its class and place, too.
     */
    private static String message(Throwable thrown) {
        boolean isJudgement = thrown instanceof AssertionError
                || thrown instanceof TestAbortedException
                || thrown instanceof CaptureException
                || thrown instanceof ActorException;
        if (isJudgement && thrown.getMessage() != null) {
            return thrown.getMessage();
        }
        StackTraceElement[] places = thrown.getStackTrace();
        return thrown + (places.length == 0 ? "" : ", at " + places[0]);
    }
}
