// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.spec.RuleNumber;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.selection.Drivers;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the kit against a driver, without a test module around it. Runs may go on at the same time. */
public final class ConformanceRunner {

    private ConformanceRunner() {}

    /**
     * Runs all rules.
     *
     * @param driver its name
     * @throws IllegalArgumentException when no driver on the class path has the name
     */
    public static ConformanceReport run(String driver) {
        return run(DiscoveredDriver.of(Drivers.discover(), driver), RulePattern.ALL, result -> {});
    }

    /**
     * Runs some rules.
     *
     * @param under the driver, with what belongs to it
     * @param rules the rules to run
     * @param progress receives each result as it comes, on the calling thread
     */
    public static ConformanceReport run(DriverUnderTest under, RulePattern rules, Consumer<RuleResult> progress) {
        return run(under, rules, progress, new StopRequest());
    }

    /**
     * Runs some rules, until another thread stops it.
     *
     * @param under the driver, with what belongs to it
     * @param rules the rules to run
     * @param progress receives each result as it comes, on the calling thread
     * @param stop ends the run early
     */
    public static ConformanceReport run(
            DriverUnderTest under, RulePattern rules, Consumer<RuleResult> progress, StopRequest stop) {
        ResultCollector collector = new ResultCollector(result -> {
            if (stop.keep(result)) {
                progress.accept(result);
            }
        });
        String key = GivenSuite.lend(under, stop);
        stop.begin();
        try {
            launcher().execute(request(rules, key), collector);
        } finally {
            stop.end();
            GivenSuite.takeBack(key);
        }
        return new ConformanceReport(under.driver().name(), stop.judged());
    }

    /** Returns the numbers of all rules that the kit has a test for. */
    public static NavigableSet<RuleNumber> rules() {
        return rules(RulePattern.ALL);
    }

    /** Returns the numbers of the rules that a pattern chooses. */
    public static NavigableSet<RuleNumber> rules(RulePattern pattern) {
        NavigableSet<RuleNumber> numbers = new TreeSet<>();
        TestPlan plan = launcher().discover(request(pattern, ""));
        plan.accept(new TestPlan.Visitor() {
            @Override
            public void visit(TestIdentifier test) {
                RuleNumber.in(test.getDisplayName()).ifPresent(numbers::add);
            }
        });
        return numbers;
    }

    private static LauncherDiscoveryRequest request(RulePattern rules, String key) {
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(GivenSuite.class))
                .filters((PostDiscoveryFilter) test -> FilterResult.includedIf(isWanted(test, rules)))
                .configurationParameter(GivenSuite.KEY_PARAMETER, key)
                // Implicit settings may be for other tests on the class path.
                .enableImplicitConfigurationParameters(false)
                .build();
    }

    /** Returns whether a test belongs to a chosen rule; a container without a number is a group, and stays. */
    private static boolean isWanted(TestDescriptor test, RulePattern rules) {
        return RuleNumber.in(test.getDisplayName()).map(rules::matches).orElse(!test.isTest());
    }

    private static Launcher launcher() {
        // Listeners on the class path belong to other tests.
        return LauncherFactory.create(LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableLauncherDiscoveryListenerAutoRegistration(false)
                .build());
    }
}
