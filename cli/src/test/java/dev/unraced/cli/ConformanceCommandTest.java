// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Availability.Available;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.CaptureException;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.driver.Driver;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.format.JsonLines;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConformanceCommandTest {
    private static final Capabilities COMPLETE = Capabilities.complete();

    private final TestConsole test = new TestConsole();
    private final Map<String, Driver> drivers = new TreeMap<>();

    @Test
    void aDeclaredLackBreaksNothing() {
        add("alpha", new Available(), COMPLETE.without(Syscall.CREAT, "nobody creates here"));

        assertThat(conformance("--driver", "alpha", "--rules", "R2.10")).isEqualTo(ExitCode.NOT_PLAYED);
        assertThat(test.out()).isEqualTo("""
                2. Arguments from the right moment; MATCH is a proof
                  SKIPPED R2.10 A creat reports the flags that the kernel gives it
                          lacks CREAT: nobody creates here

                Driver alpha: 0 rules kept, 1 skipped, 0 broken.
                """);
        assertThat(test.err()).isEmpty();
    }

    @Test
    void aRuleInAModeThatIsLackingIsNoSuccess() {
        add("alpha", new Available(), COMPLETE.without(Mitigation.KERNEL, "no copies here"));

        assertThat(conformance("--driver", "alpha", "--rules", "R2.17")).isEqualTo(ExitCode.NOT_PLAYED);
        assertThat(test.out())
                .contains("SKIPPED R2.17", "lacks KERNEL: no copies here", "0 rules kept, 1 skipped, 0 broken");
    }

    @Test
    void aBrokenRuleIsAFailure(@TempDir Path directory) throws IOException {
        add("alpha", new Available(), COMPLETE);
        Path xml = directory.resolve("report.xml");

        assertThat(conformance("--driver", "alpha", "--rules", "R2.10", "--json", "--junit-xml", xml.toString()))
                .isEqualTo(1);
        assertThat(JsonLines.parse(test.out().strip()))
                .singleElement()
                .asInstanceOf(JsonLines.OBJECT)
                .containsEntry("driver", "alpha")
                .containsKey("kernel")
                .containsEntry("conformant", false)
                .extractingByKey("rules", LIST)
                .singleElement()
                .asInstanceOf(JsonLines.OBJECT)
                .containsEntry("number", "R2.10")
                .containsEntry("group", "Open")
                .containsEntry("rule", "R2.10 A creat reports the flags that the kernel gives it")
                .containsEntry("status", "BROKEN")
                .containsEntry("broken", "R2.10")
                .containsEntry("reason", "alpha opens nothing\u001b[31m")
                .containsKey("seconds");
        assertThat(Files.readString(xml))
                .contains("failures=\"1\"")
                .contains("<failure type=\"R2.10\">alpha opens nothing");
    }

    @Test
    void progressIsShownWhereNobodySitsIfAskedFor() {
        add("alpha", new Available(), COMPLETE.without(Syscall.CREAT, "nobody creates here"));

        assertThat(conformance("--driver", "alpha", "--rules", "R2.10", "--progress"))
                .isEqualTo(ExitCode.NOT_PLAYED);
        assertThat(test.err()).contains("0 kept, 1 skipped, 0 broken");
    }

    @Test
    void aSoakEndsWithTheFirstRuleThatIsBroken() {
        add("alpha", new Available(), COMPLETE);
        add("beta", new Available(), COMPLETE.without(Syscall.CREAT, "nobody creates here"));

        assertThat(conformance("--driver", "alpha", "--rules", "R2.10", "--times", "3", "--progress"))
                .isEqualTo(1);
        assertThat(test.err()).contains("1 of 3").doesNotContain("2 of 3");
        assertThat(conformance("--driver", "beta", "--rules", "R2.10", "--times", "3", "--progress"))
                .isEqualTo(ExitCode.NOT_PLAYED);
        assertThat(test.err()).contains("3 of 3");
        assertThat(conformance("--driver", "beta", "--times", "0")).isEqualTo(2);
        assertThat(conformance("--driver", "beta", "--intensity", "0")).isEqualTo(2);
        assertThat(conformance("--driver", "beta", "--intensity", "1.5")).isEqualTo(2);
    }

    @Test
    void aReasonCannotMoveTheCursor() {
        add("alpha", new Available(), COMPLETE);

        assertThat(conformance("--driver", "alpha", "--rules", "R2.10")).isEqualTo(1);
        assertThat(test.out()).contains("BROKEN  R2.10").contains("alpha opens nothing?[31m");
    }

    @Test
    void aDriverThatCannotRunIsAFailure() {
        add("alpha", new Unavailable("NO_PRIVILEGE", "CAP_BPF is missing.", "Run as root."), COMPLETE);

        assertThat(conformance("--driver", "alpha", "--rules", "R2.10")).isEqualTo(1);
        assertThat(test.err()).contains("CAP_BPF is missing.").doesNotContain("\tat ");
        assertThat(test.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--driver beta", "--rules R99.*", "--patience x"})
    void wrongCommandLinesAreUsageErrors(String line) {
        add("alpha", new Available(), COMPLETE);

        assertThat(conformance(line.split(" "))).isEqualTo(2);
        assertThat(test.err()).contains("Try 'unraced conformance --help'").doesNotContain("\tat ");
    }

    private int conformance(String... options) {
        Drivers discovered = mock();
        when(discovered.all()).thenReturn(drivers);
        when(discovered.names()).thenReturn(drivers.keySet());
        List<String> args = new ArrayList<>(List.of("conformance"));
        args.addAll(List.of(options));
        return UnracedCommand.commandLine(test.console(), () -> discovered).execute(args.toArray(String[]::new));
    }

    private void add(String name, Availability availability, Capabilities capabilities) {
        Driver driver = mock();
        when(driver.name()).thenReturn(name);
        when(driver.availability(any())).thenReturn(availability);
        when(driver.capabilities()).thenReturn(capabilities);
        when(driver.open(any())).thenThrow(new CaptureException(name + " opens nothing\u001b[31m"));
        drivers.put(name, driver);
    }
}
