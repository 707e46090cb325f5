// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Availability.Available;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.CaptureException;
import dev.unraced.cli.TestConsole;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.driver.Driver;
import dev.unraced.event.Mitigation;
import dev.unraced.format.JsonLines;
import dev.unraced.selection.Drivers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the command on the simulator, which runs everywhere. */
class AttackCommandTest {
    private final TestConsole test = new TestConsole();

    @Test
    void countsWhatEachModeMakesOfAnAttack() {
        assertThat(attack("flip-late", "--mitigation", "off,stash", "--calls", "50"))
                .isZero();
        assertThat(test.out())
                .matches("Driver sim, kernel sim, \\d+ processors\n\n(?s:.*)")
                .contains(
                        "\nattack     mode   calls  correct  wrong  flagged  false MATCH  wrong object  marked  won  MATCH  CHANGED\n")
                .containsPattern("\nflip-late  off +50 +50 +0 +0 +0 +0 +0 +- +0 +0\n")
                .containsPattern("\nflip-late  stash +50 +50 +0 +0 +0 +0 +0 +- +50 +0\n");
        assertThat(test.err()).isEmpty();
    }

    @Test
    void addsUpTheRaces() {
        assertThat(attack("flip", "flip-back", "blocking", "flip-connect", "--mitigation", "kernel", "--calls", "30"))
                .isZero();
        assertThat(test.out())
                .containsPattern("\nall raced opens +kernel +60 +60 +0 ")
                .doesNotContain("all raced connects");
    }

    @Test
    void printsATableForADocument() {
        assertThat(attack("flip-late", "io-uring", "--mitigation", "off", "--calls", "20", "--markdown"))
                .isZero();
        assertThat(test.out()).contains("""
                        | attack | mode | calls | correct | wrong | flagged | false MATCH | wrong object | marked | won | MATCH | CHANGED |
                        |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
                        | flip-late | off | 20 | 20 | 0 | 0 | 0 | 0 | 0 | - | 0 | 0 |
                        """);
    }

    @Test
    void printsAnObjectForPrograms() {
        assertThat(attack("flip-late", "memfd", "--mitigation", "stash", "--calls", "20", "--json"))
                .isEqualTo(ExitCode.NOT_PLAYED);
        List<Map<String, Object>> objects = JsonLines.parse(test.out().strip());
        assertThat(objects).singleElement().asInstanceOf(JsonLines.OBJECT).containsEntry("driver", "sim");
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> results =
                (List<Map<String, Object>>) objects.get(0).get("results");
        assertThat(results).hasSize(2);
        assertThat(results.get(0))
                .containsEntry("attack", "flip-late")
                .containsEntry("race", true)
                .containsEntry("mitigation", "STASH")
                .containsEntry("status", "HELD")
                .containsEntry("attempts", 20L)
                .containsEntry("correct", 20L)
                .containsEntry("silent", 0L)
                .containsEntry("lies", 0L)
                .containsEntry("won", null)
                .containsEntry("false_matches", 0L)
                .containsEntry("wrong_objects", 0L);
        assertThat(results.get(1))
                .containsEntry("attack", "memfd")
                .containsEntry("race", false)
                .containsEntry("status", "IMPOSSIBLE")
                .containsEntry("reason", "the simulated kernel has no memfd")
                .containsEntry("attempts", 0L);
    }

    @Test
    void saysWhatCannotBeTriedHere() {
        assertThat(attack("memfd", "fuse", "--mitigation", "off")).isEqualTo(ExitCode.NOT_PLAYED);
        assertThat(test.out()).endsWith("""

                        not played: not possible here (the simulated kernel has no fuse): fuse off
                        not played: not possible here (the simulated kernel has no memfd): memfd off
                        """);
    }

    @Test
    void aModeThatTheDriverLacksIsNotAttacked() {
        Driver driver = driver(Capabilities.complete().without(Mitigation.KERNEL, "no copies here"));

        assertThat(attack(() -> only(driver), "flip", "--mitigation", "kernel")).isEqualTo(ExitCode.NOT_PLAYED);
        assertThat(test.out())
                .endsWith(
                        "\nnot played: not declared by the driver (mitigation kernel: no copies here): flip kernel\n");
    }

    @Test
    void nothingIsKnownWhenNoAttackWasPlayed() {
        Driver driver = driver(Capabilities.complete().without(Mitigation.KERNEL, "no copies here"));

        assertThat(attack(() -> only(driver), "--mitigation", "kernel")).isEqualTo(ExitCode.NOT_PLAYED);
        assertThat(test.out())
                .contains("\nnot played: not declared by the driver (mitigation kernel: no copies here): ");
    }

    @Test
    void progressIsShownIfAskedFor() {
        assertThat(attack("flip-late", "--mitigation", "off", "--calls", "20", "--progress"))
                .isZero();
        assertThat(test.err()).isEqualTo("flip-late, off: 20 calls, HELD\n");
    }

    @Test
    void listsTheAttacks() {
        assertThat(attack("--list")).isZero();
        assertThat(test.out())
                .startsWith("flip ")
                .containsPattern(
                        "\nfuse +A path is rewritten while the open waits for the server of its file system\n");
    }

    @Test
    void aDriverThatCannotRunIsAFailure() {
        Driver driver = driver(Capabilities.complete());
        when(driver.availability(any()))
                .thenReturn(new Unavailable("NO_PRIVILEGE", "CAP_BPF is missing.", "Run as root."));

        assertThat(attack(() -> only(driver), "flip", "--driver", "alpha")).isEqualTo(1);
        assertThat(test.err()).contains("CAP_BPF is missing.").doesNotContain("\tat ");
        assertThat(test.out()).isEmpty();
    }

    @Test
    void aCaptureThatDoesNotOpenIsAFailure() {
        Driver driver = driver(Capabilities.complete());

        assertThat(attack(() -> only(driver), "flip", "--driver", "alpha")).isEqualTo(1);
        assertThat(test.err()).contains("alpha opens nothing").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flop",
                "flip --calls 0",
                "flip --driver beta",
                "flip --mitigation sometimes",
                "flip --json --markdown",
                "flip --patience x"
            })
    void wrongCommandLinesAreUsageErrors(String line) {
        assertThat(attack(line.split(" "))).isEqualTo(2);
        assertThat(test.err()).contains("Try 'unraced lab attack --help'").doesNotContain("\tat ");
        assertThat(test.out()).isEmpty();
    }

    @Test
    void aMisspeltAttackIsGuessed() {
        assertThat(attack("flip-bck")).isEqualTo(2);
        assertThat(test.err()).contains("'flip-bck' is no attack; did you mean flip-back?");
    }

    private int attack(String... options) {
        List<String> args = new ArrayList<>(List.of(options));
        if (!args.contains("--driver")) {
            args.addAll(0, List.of("--driver", "sim"));
        }
        return run(Drivers::discover, args);
    }

    private int attack(Supplier<Drivers> drivers, String... options) {
        List<String> args = new ArrayList<>(List.of(options));
        if (!args.contains("--driver")) {
            args.addAll(0, List.of("--driver", "alpha"));
        }
        return run(drivers, args);
    }

    private int run(Supplier<Drivers> drivers, List<String> options) {
        List<String> args = new ArrayList<>(List.of("attack"));
        args.addAll(options);
        return LabCommand.commandLine(test.console(), drivers).execute(LabLine.of(args));
    }

    private static Drivers only(Driver driver) {
        Map<String, Driver> all = new TreeMap<>(Map.of("alpha", driver));
        Drivers drivers = mock();
        when(drivers.all()).thenReturn(all);
        when(drivers.names()).thenReturn(all.keySet());
        Drivers discovered = Drivers.discover();
        when(drivers.actorHost("alpha")).thenReturn(discovered.actorHost("sim"));
        return drivers;
    }

    private static Driver driver(Capabilities capabilities) {
        Driver driver = mock();
        when(driver.name()).thenReturn("alpha");
        when(driver.availability(any())).thenReturn(new Available());
        when(driver.capabilities()).thenReturn(capabilities);
        when(driver.open(any())).thenThrow(new CaptureException("alpha opens nothing"));
        return driver;
    }
}
