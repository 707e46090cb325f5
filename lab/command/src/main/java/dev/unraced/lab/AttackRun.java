// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.capture.CaptureException;
import dev.unraced.cli.common.ChosenDriver;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.conformance.DiscoveredDriver;
import dev.unraced.conformance.attack.Attack;
import dev.unraced.conformance.attack.AttackCorpus;
import dev.unraced.conformance.attack.AttackResult;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import dev.unraced.event.Mitigation;
import dev.unraced.lab.attack.AttackJson;
import dev.unraced.lab.attack.AttackProgress;
import dev.unraced.lab.attack.AttackTable;
import dev.unraced.lab.attack.AttackedPlace;
import dev.unraced.names.NearestName;
import dev.unraced.selection.Drivers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Attacks a driver, and prints the results. */
final class AttackRun {
    private static final Set<AttackResult.Status> FAILURES =
            EnumSet.of(AttackResult.Status.BROKEN, AttackResult.Status.ERROR);

    private final Console console;
    private final boolean progress;
    private final boolean json;
    private final boolean markdown;
    private final HtmlOption html;

    AttackRun(Console console, boolean progress, boolean json, boolean markdown, HtmlOption html) {
        this.console = console;
        this.progress = progress || console.errIsTerminal();
        this.json = json;
        this.markdown = markdown;
        this.html = html;
    }

    boolean isAttack(String name) {
        return !AttackCorpus.selected(name).isEmpty();
    }

    Optional<String> nearest(String name) {
        return NearestName.of(
                name,
                AttackCorpus.all().stream()
                        .flatMap(attack -> Stream.of(attack.name(), attack.family()))
                        .distinct()
                        .toList());
    }

    int list() {
        console.print(AttackTable.list(AttackCorpus.all()));
        return ExitCode.OK;
    }

    /**
     * Runs the attacks.
     *
     * @param name the driver's name, or null for the driver that the configuration chooses
     * @param names the names of the attacks; empty for all
     * @param modesAreNamed whether the user chose the modes, and so wants each of them tried
     * @throws CaptureException when the driver cannot run
     */
    int attack(
            Drivers drivers,
            @Nullable String name,
            List<String> names,
            List<Mitigation> modes,
            boolean modesAreNamed,
            int calls,
            @Nullable Duration patience) {
        Driver driver = ChosenDriver.of(drivers, name);
        DriverUnderTest under = new DiscoveredDriver(
                driver, drivers.actorHost(driver.name()), patience == null ? DriverUnderTest.USUAL_PATIENCE : patience);
        AttackProgress tell = new AttackProgress(console.err(), progress);
        List<AttackResult> results = new ArrayList<>();
        for (Attack attack : AttackCorpus.all()) {
            if (names.isEmpty() || names.stream().anyMatch(attack::isNamed)) {
                for (Mitigation mode : modes) {
                    tell.begin(attack, mode);
                    results.add(AttackCorpus.run(under, attack, mode, calls, tell::calls));
                    tell.end(results.get(results.size() - 1));
                }
            }
        }
        AttackedPlace place = new AttackedPlace(
                driver.name(), AttackCorpus.kernel(under), Runtime.getRuntime().availableProcessors());
        console.print(
                json
                        ? AttackJson.of(place, results)
                        : markdown ? AttackTable.markdown(place, results) : AttackTable.text(place, results));
        if (html.isWanted()) {
            html.add(AttackJson.of(place, results));
        }
        if (results.stream().map(AttackResult::status).anyMatch(FAILURES::contains)) {
            return ExitCode.FAILURE;
        }
        boolean played =
                names.isEmpty() ? results.stream().anyMatch(AttackResult::isPlayed) : arePlayed(results, modesAreNamed);
        return played ? ExitCode.OK : ExitCode.NOT_PLAYED;
    }

    /** Returns whether each attack was played: in every mode that the user named, else in at least one. */
    private static boolean arePlayed(List<AttackResult> results, boolean modesAreNamed) {
        Map<Attack, List<AttackResult>> byAttack =
                results.stream().collect(Collectors.groupingBy(AttackResult::attack));
        return byAttack.values().stream()
                .allMatch(of -> modesAreNamed
                        ? of.stream().allMatch(AttackResult::isPlayed)
                        : of.stream().anyMatch(AttackResult::isPlayed));
    }
}
