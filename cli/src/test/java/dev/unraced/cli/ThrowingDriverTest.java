// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Availability.Available;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.driver.Driver;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.stubbing.Answer;

/** A driver of a stranger may throw anything from anywhere; no command ends with a stack trace for it. */
class ThrowingDriverTest {
    private static final String TELL = "That is a defect of the driver; tell its author.";

    private final TestConsole test = new TestConsole();
    private final Map<String, Driver> drivers = new TreeMap<>();

    static Stream<Arguments> placesAndErrors() {
        return Stream.of("availability", "capabilities", "notes", "open", "stats", "close")
                .flatMap(place -> errors().map(thrown -> Arguments.of(place, thrown)));
    }

    private static Stream<Supplier<Throwable>> errors() {
        return Stream.of(
                () -> new IllegalStateException("boom"),
                () -> new NoClassDefFoundError("org/example/Missing"),
                StackOverflowError::new,
                () -> new AssertionError("never"),
                () -> new IOException("sneaked"));
    }

    @ParameterizedTest
    @MethodSource("placesAndErrors")
    void theDoctorGoesOnWithTheOthers(String place, Supplier<Throwable> thrown) {
        add("acme", place, thrown);
        add("beta", "nowhere", thrown);

        assertThat(run("doctor", "-o", "driver=acme,beta")).isZero();
        assertThat(test.out())
                .contains("Driver acme threw " + thrown.get() + " from " + place + "(). " + TELL)
                .contains("  beta: available\n    a capture opens in ")
                .contains("\nMachine\n");
        assertThat(test.err()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void conformanceRefusesADriverThatCannotSayWhetherItRuns(Supplier<Throwable> thrown) {
        add("acme", "availability", thrown);

        assertThat(run("conformance", "--driver", "acme", "--rules", "R2.10")).isEqualTo(1);
        assertThat(test.err())
                .contains("Driver acme threw " + thrown.get() + " from availability(). " + TELL)
                .doesNotContain("\tat ");
    }

    static Stream<Arguments> placesOfRules() {
        return Stream.of("capabilities", "open", "stats", "await")
                .flatMap(place -> errors().map(thrown -> Arguments.of(place, thrown)));
    }

    @ParameterizedTest
    @MethodSource("placesOfRules")
    void aRuleIsBrokenAndSaysWhatWasThrown(String place, Supplier<Throwable> thrown) {
        add("acme", place, thrown);

        assertThat(run("conformance", "--driver", "acme", "--rules", "R2.10", "--patience", "1"))
                .isEqualTo(1);
        assertThat(test.out()).contains("BROKEN  R2.10").contains(said(thrown.get()));
        assertThat(test.out().lines().count()).isLessThan(30);
        assertThat(test.out() + test.err()).doesNotContain("\tat ");
    }

    /** The kit cannot tell a driver's failed assertion from its own. */
    private static String said(Throwable thrown) {
        return thrown instanceof AssertionError ? thrown.getMessage() : thrown.toString();
    }

    private int run(String... args) {
        Drivers discovered = mock();
        when(discovered.all()).thenReturn(drivers);
        when(discovered.names()).thenReturn(drivers.keySet());
        List<String> line = new ArrayList<>(List.of(args));
        return UnracedCommand.commandLine(test.console(), () -> discovered).execute(line.toArray(String[]::new));
    }

    private void add(String name, String place, Supplier<Throwable> thrown) {
        Capture capture = mock();
        when(capture.stats())
                .thenAnswer(answer(
                        place.equals("stats"),
                        thrown,
                        CaptureStats.builder().returned(1).pending(1).build()));
        when(capture.await(any(), anyInt(), anyLong())).thenAnswer(answer(place.equals("await"), thrown, 0));
        doAnswer(answer(place.equals("close"), thrown, null)).when(capture).close();
        Driver driver = mock();
        when(driver.name()).thenReturn(name);
        when(driver.availability(any())).thenAnswer(answer(place.equals("availability"), thrown, new Available()));
        Answer<Object> capabilities = answer(place.equals("capabilities"), thrown, Capabilities.complete());
        when(driver.capabilities()).thenAnswer(capabilities);
        when(driver.capabilities(any())).thenAnswer(capabilities);
        when(driver.notes(any())).thenAnswer(answer(place.equals("notes"), thrown, Map.of()));
        when(driver.open(any())).thenAnswer(answer(place.equals("open"), thrown, capture));
        drivers.put(name, driver);
    }

    private static Answer<Object> answer(boolean isThere, Supplier<Throwable> thrown, Object result) {
        return call -> {
            if (isThere) {
                sneak(thrown.get());
            }
            return result;
        };
    }

    /** Throws what Java's compiler would not let a driver throw, as a driver in Kotlin can. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
