// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.subject.DriverUnderTest;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Ends a rule that hangs, by an interrupt. A rule waits several times, each time as long as the driver's
 * {@linkplain DriverUnderTest#patience() patience}, so the limit grows with the patience.
 */
final class Deadline implements InvocationInterceptor {
    private static final Duration LEAST = Duration.ofMinutes(3);
    private static final int WAITS = 9;

    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "conformance-deadline");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> rule, ExtensionContext context)
            throws Throwable {
        within(limit(RuleExtension.find(context)), invocation);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> rule, ExtensionContext context)
            throws Throwable {
        interceptTestMethod(invocation, rule, context);
    }

    static Duration limit(DriverUnderTest under) {
        Duration waits = under.patience().multipliedBy(WAITS).plus(under.stall());
        return waits.compareTo(LEAST) > 0 ? waits : LEAST;
    }

    static void within(Duration limit, Invocation<Void> rule) throws Throwable {
        Watch watch = new Watch(Thread.currentThread());
        ScheduledFuture<?> alarm = CLOCK.schedule(watch::ring, limit.toNanos(), TimeUnit.NANOSECONDS);
        @Nullable Throwable end = null;
        try {
            rule.proceed();
        } catch (Throwable t) {
            end = t;
        }
        alarm.cancel(false);
        if (watch.isLate()) {
            TimeoutException late = new TimeoutException(
                    "the rule took more than " + limit.toSeconds() + " s. " + ActorException.ABOUT_PAGE_FAULTS);
            if (end != null) {
                late.addSuppressed(end);
            }
            throw late;
        }
        if (end != null) {
            throw end;
        }
    }

    /** The watch over one rule. It never interrupts the rule's thread when the rule is over. */
    private static final class Watch {
        private final Thread runner;
        private boolean over;
        private boolean late;

        Watch(Thread runner) {
            this.runner = runner;
        }

        synchronized void ring() {
            if (!over) {
                late = true;
                runner.interrupt();
            }
        }

        synchronized boolean isLate() {
            over = true;
            if (late) {
                // The interrupt must not reach what runs after this rule.
                Thread.interrupted();
            }
            return late;
        }
    }
}
