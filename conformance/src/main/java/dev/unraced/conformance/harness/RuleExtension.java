// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.scenario.Evidence;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.event.Capability;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/**
 * Decides which rules run: all except those that need a capability that the driver lacks. A rule that ran and saw no
 * event, or lost all of its races, is not played.
 */
public final class RuleExtension
        implements BeforeAllCallback, BeforeEachCallback, InvocationInterceptor, TestExecutionExceptionHandler {
    /** The key of the report entry with the number of events. */
    public static final String EVIDENCE = "events";

    /** The key of the number of raced calls in the report entry about races; {@link #WON} is in the same entry. */
    public static final String ROUNDS = "rounds";

    /** The key of the number of won races. */
    public static final String WON = "won";

    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(RuleExtension.class);

    /** The parameter that overrides the environment variable that {@link RunnableDriver} reads. */
    static final String REQUIRE_PARAMETER = "conformance.require";

    @Override
    public void beforeAll(ExtensionContext context) {
        DriverUnderTest under = find(context);
        endIfStopping(under);
        Objects.requireNonNull(
                under.driver(),
                () -> under.getClass().getName() + ".driver() gave null. Drivers.discover() finds a driver whose module"
                        + " META-INF/services/dev.unraced.driver.DriverModule names");
        String required = context.getConfigurationParameter(REQUIRE_PARAMETER)
                .or(() -> Optional.ofNullable(System.getenv(RunnableDriver.REQUIRE_VARIABLE)))
                .orElse("");
        try {
            RunnableDriver.need(under.driver(), under.config().build(), required);
        } catch (TestAbortedException e) {
            tellOnce(context, under.driver().name(), e);
            throw e;
        }
    }

    /**
     * Build tools call what is skipped a success, and say why in a file, so standard error says it once for each
     * driver.
     */
    private static void tellOnce(ExtensionContext context, String driver, TestAbortedException reason) {
        context.getRoot().getStore(STORE).getOrComputeIfAbsent(driver, first -> {
            System.err.println("No rule was judged: " + reason.getMessage());
            return true;
        });
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        endIfStopping(find(context));
        Capabilities capabilities = ((DriverConformance) context.getRequiredTestInstance()).capabilities();
        required(context)
                .filter(capability -> !capabilities.has(capability))
                .findFirst()
                .ifPresent(capability -> {
                    throw new TestAbortedException("lacks " + capability.name() + ": "
                            + capabilities.reason(capability).orElseThrow());
                });
    }

    private static void endIfStopping(DriverUnderTest under) {
        if (under instanceof Stoppable stoppable && stoppable.isStopping()) {
            throw new TestAbortedException("the run was stopped");
        }
    }

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> rule, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        Evidence evidence = ((DriverConformance) context.getRequiredTestInstance()).evidence();
        evidence.reset();
        try {
            rule.proceed();
        } finally {
            publishRaces(method.getExecutable(), evidence, context);
        }
        if (evidence.events() == 0) {
            throw new NotPlayed("no event of the kit's own calls came, so nothing was judged");
        }
        if (evidence.rounds() > 0 && evidence.won() == 0) {
            throw new NotPlayed("the attacker lost all " + evidence.rounds() + " races, so nothing was judged");
        }
        context.publishReportEntry(EVIDENCE, Long.toString(evidence.events()));
    }

    private static void publishRaces(Method rule, Evidence evidence, ExtensionContext context) {
        if (AnnotationSupport.isAnnotated(rule, Stochastic.class)) {
            context.publishReportEntry(
                    Map.of(ROUNDS, Long.toString(evidence.rounds()), WON, Long.toString(evidence.won())));
        } else if (evidence.rounds() > 0) {
            throw new IllegalStateException(rule.getName() + " has races, so it needs @Stochastic");
        }
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> rule, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        interceptTestMethod(rule, method, context);
    }

    /**
     * Turns an assumption that fails inside a rule into a failure: it would hide a gap, and only a declaration may skip
     * a rule. What was not played says so itself.
     */
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        if (thrown instanceof TestAbortedException
                && !(thrown instanceof NotPlayed || thrown instanceof NotApplicable)) {
            throw new AssertionError("undeclared skip: " + thrown.getMessage(), thrown);
        }
        throw thrown;
    }

    static DriverUnderTest find(ExtensionContext context) {
        return context.getRequiredTestInstances()
                .findInstance(DriverUnderTest.class)
                .orElseThrow(() -> new IllegalStateException(
                        context.getRequiredTestClass().getName() + " and the classes around it name no driver: one of"
                                + " them has to implement DriverUnderTest"));
    }

    private static Stream<Capability> required(ExtensionContext context) {
        return Stream.of(
                        AnnotationSupport.findAnnotation(context.getRequiredTestClass(), Requires.class),
                        AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), Requires.class))
                .flatMap(Optional::stream)
                .flatMap(RuleExtension::capabilities);
    }

    /** Returns all that an annotation names. */
    public static Stream<Capability> capabilities(Requires requires) {
        return Stream.<Capability[]>of(
                        requires.syscalls(),
                        requires.abis(),
                        requires.origins(),
                        requires.mitigations(),
                        requires.provenances(),
                        requires.integrities(),
                        requires.features())
                .flatMap(Arrays::stream);
    }
}
