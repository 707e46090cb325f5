// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.conformance;

import dev.unraced.capture.CaptureException;
import dev.unraced.cli.common.ChosenDriver;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.OutputException;
import dev.unraced.cli.common.StopSignals;
import dev.unraced.conformance.ConformanceReport;
import dev.unraced.conformance.ConformanceRunner;
import dev.unraced.conformance.DiscoveredDriver;
import dev.unraced.conformance.JUnitXml;
import dev.unraced.conformance.RulePattern;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.StopRequest;
import dev.unraced.conformance.attack.AttackCorpus;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/** Judges a driver, and prints the report. */
final class ConformanceRun {
    /** The longest time that the end of an interrupted rule may take. */
    private static final Duration LAST_RULE = Duration.ofSeconds(5);

    private final Console console;
    private final RulePattern rules;
    private final boolean json;
    private final boolean progress;

    ConformanceRun(Console console, String rules, boolean json, boolean progress) {
        this.console = console;
        this.rules = RulePattern.of(rules);
        this.json = json;
        this.progress = progress || console.errIsTerminal();
    }

    boolean hasRules() {
        return !ConformanceRunner.rules(rules).isEmpty();
    }

    /**
     * Judges a driver.
     *
     * @param name the driver's name, or null for the driver that the configuration chooses
     * @param times the number of runs, unless a rule breaks earlier; the report is of the last run
     * @param patience the longest wait for what must come, or null for the usual time
     * @param stall the time that a reader stalls, or null for the usual time
     * @param intensity the fraction of the calls that rules make in masses
     * @param junitXml the file for the build servers' report, or null
     * @throws CaptureException when the driver cannot run
     */
    int driver(
            Drivers drivers,
            @Nullable String name,
            int times,
            @Nullable Duration patience,
            @Nullable Duration stall,
            double intensity,
            @Nullable Path junitXml) {
        Driver driver = ChosenDriver.of(drivers, name);
        DriverUnderTest under = new DiscoveredDriver(
                driver,
                drivers.actorHost(driver.name()),
                patience == null ? DriverUnderTest.USUAL_PATIENCE : patience,
                stall == null ? DriverUnderTest.USUAL_STALL : stall,
                intensity);
        // This starts an actor, so it comes before the long run.
        String kernel = json ? AttackCorpus.kernel(under) : "";
        AtomicReference<StopRequest> stop = new AtomicReference<>(new StopRequest());
        StopSignals signals = StopSignals.install(() -> stop.get().request(), LAST_RULE);
        signals.lastWords(
                () -> print(new ConformanceReport(driver.name(), stop.get().judged()), kernel, true));
        ConformanceReport report = judge(under, 1, times, stop.get());
        for (int time = 2;
                time <= times && report.isConformant() && signals.received().isEmpty();
                time++) {
            stop.set(new StopRequest());
            report = judge(under, time, times, stop.get());
        }
        boolean isStopped = signals.received().isPresent();
        signals.stopped();
        print(report, kernel, isStopped);
        if (intensity < 1) {
            console.err().println("unraced: with less than all calls this is a try, and proves nothing of races");
        }
        if (junitXml != null) {
            write(report, junitXml);
        }
        if (isStopped || !report.isConformant()) {
            return ExitCode.FAILURE;
        }
        return report.isJudged() ? ExitCode.OK : ExitCode.NOT_PLAYED;
    }

    private void print(ConformanceReport report, String kernel, boolean isStopped) {
        console.print(Console.printable(json ? JsonReport.of(report, kernel, !isStopped) : report.toText()));
        if (isStopped) {
            console.err()
                    .println("unraced: stopped by a signal; the report has the "
                            + report.results().size() + " results that came before, and no word on other rules");
        }
    }

    private ConformanceReport judge(DriverUnderTest under, int time, int times, StopRequest stop) {
        if (progress && times > 1) {
            console.err().printf("%d of %d%n", time, times);
        }
        GroupProgress groups = new GroupProgress(console.err(), progress);
        ConformanceReport report = ConformanceRunner.run(under, rules, groups::accept, stop);
        groups.end();
        if (progress && times > 1) {
            // The report only has the reasons of the last run.
            report.results().stream()
                    .filter(result ->
                            result.status() == Status.KEPT && !result.reason().isEmpty())
                    .forEach(result -> console.err().println(Console.printable(result.reason())));
        }
        return report;
    }

    private static void write(ConformanceReport report, Path file) {
        try (Writer out = Files.newBufferedWriter(file)) {
            JUnitXml.write(report, out);
        } catch (IOException e) {
            throw new OutputException(file, e);
        } catch (XMLStreamException e) {
            throw new OutputException(file, e.getNestedException() instanceof IOException io ? io : new IOException(e));
        }
    }
}
