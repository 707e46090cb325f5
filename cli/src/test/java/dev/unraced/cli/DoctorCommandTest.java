// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Availability.Available;
import dev.unraced.capture.Availability.Inconclusive;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.StashStats;
import dev.unraced.driver.Driver;
import dev.unraced.event.Capability;
import dev.unraced.event.Syscall;
import dev.unraced.format.JsonLines;
import dev.unraced.selection.Drivers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    private static final Availability NO_PRIVILEGE =
            new Unavailable("NO_PRIVILEGE", "CAP_BPF is missing.", "Run as root.");

    private final TestConsole test = new TestConsole();
    private final Map<String, Driver> drivers = new TreeMap<>();
    private final Capture capture = mock();

    @BeforeEach
    void theCaptureHasMemory() {
        StashStats stash = StashStats.builder().capacity(64).build();
        when(capture.stats())
                .thenReturn(CaptureStats.builder()
                        .ringBytes(64 << 20)
                        .stashBytes(3_500 << 10)
                        .stash(stash)
                        .build());
    }

    @Test
    void oneAvailableDriverIsEnough() {
        add("alpha", NO_PRIVILEGE, Capabilities.complete());
        add("beta", new Available(), Capabilities.complete().without(Syscall.OPENAT2, "No such point."));

        assertThat(doctor()).isZero();
        assertThat(test.out())
                .startsWith("Capturing works here, with driver beta.\n")
                .contains("""
                          alpha: unavailable (NO_PRIVILEGE)
                            missing: CAP_BPF is missing.
                            remedy:  Run as root.
                        """)
                .containsPattern("  beta: available\n    a capture opens in \\d+ ms; ring 64 MiB, stash 3500 KiB\n")
                .contains("      lacks Syscall.OPENAT2: No such point.\n");
    }

    @Test
    void whatIsLackingForOneReasonIsSaidOnce() {
        add(
                "alpha",
                new Available(),
                Capabilities.complete()
                        .without(Syscall.OPENAT2, "No such point.")
                        .without(Syscall.OPEN, "Another reason.")
                        .without(Syscall.CREAT, "No such point."));
        Capabilities nothing = Capabilities.complete();
        for (Capability capability : Capabilities.all()) {
            nothing = nothing.without(capability, "NO_SERVER: Nobody listens.");
        }
        add("beta", NO_PRIVILEGE, nothing);

        assertThat(doctor()).isZero();
        assertThat(test.out())
                .containsPattern(
                        "      lacks Syscall\\.(OPENAT2, Syscall.CREAT|CREAT, Syscall.OPENAT2): No such point\\.\n")
                .contains("      lacks Syscall.OPEN: Another reason.\n")
                .containsOnlyOnce("NO_SERVER")
                .contains("    reports 0 of " + Capabilities.all().size() + " capabilities\n"
                        + "      lacks all of them: NO_SERVER: Nobody listens.\n");
    }

    @Test
    void aConfigurationThatTheDriverRefusesIsSaid() {
        Driver driver = add("alpha", new Available(), Capabilities.complete());
        when(driver.open(any())).thenThrow(new CaptureException("no such file: x.rec"));

        assertThat(doctor()).isEqualTo(1);
        assertThat(test.out())
                .startsWith(
                        "Capturing does not work here. Asked for: alpha, beta, gamma.\n  alpha: no such file: x.rec\n")
                .contains("    no capture under this configuration: no such file: x.rec\n");
        verify(capture, never()).stats();
    }

    @Test
    void noneAvailableIsAFailure() {
        add("alpha", NO_PRIVILEGE, Capabilities.complete());
        add("beta", new Inconclusive("The probe failed."), Capabilities.complete());

        assertThat(doctor()).isEqualTo(1);
        assertThat(test.out()).startsWith("""
                        Capturing does not work here. Asked for: alpha, beta, gamma.
                          alpha: CAP_BPF is missing. Run as root.
                          beta: The probe failed.
                        """).contains("  beta: inconclusive\n    cause:   The probe failed.\n");
    }

    @Test
    void aDriverThatNobodyAskedForIsNotEnough() {
        add("alpha", NO_PRIVILEGE, Capabilities.complete());
        add("simulator", new Available(), Capabilities.complete());

        assertThat(doctor()).isEqualTo(1);
        assertThat(doctor("-o", "driver=simulator")).isZero();
    }

    @Test
    void noDriverAtAllIsAFailure() {
        assertThat(doctor()).isEqualTo(1);
        assertThat(test.out()).contains("none on the class path");
    }

    @Test
    void showsMachineAndConfigurationWithItsOrigin() {
        doctor("-o", "stash.entries=99");

        assertThat(test.out())
                .contains("\nMachine\n  kernel ")
                .contains("  CAP_BPF ")
                .contains("  locked memory limit ")
                .containsPattern("unraced\\.stash\\.entries +99  \\(command line\\)")
                .containsPattern("unraced\\.mitigation +stash  \\(default\\)");
    }

    @Test
    void jsonHoldsTheSame() {
        add("alpha", NO_PRIVILEGE, Capabilities.complete());
        add("beta", new Inconclusive("The probe failed."), Capabilities.complete());
        add(
                "gamma",
                new Available(),
                Capabilities.complete()
                        .without(Syscall.OPENAT2, "No such point.")
                        .without(Syscall.CREAT, "No such point."));

        assertThat(doctor("--json")).isZero();

        Map<String, Object> json = JsonLines.parse(test.out()).get(0);
        assertThat(json)
                .containsEntry("can_run", true)
                .containsEntry("driver", "gamma")
                .containsKeys("machine", "settings");
        assertThat((List<?>) json.get("drivers"))
                .satisfiesExactly(
                        alpha -> assertThat(alpha)
                                .asInstanceOf(JsonLines.OBJECT)
                                .containsEntry("available", false)
                                .containsEntry("code", "NO_PRIVILEGE")
                                .containsEntry("remedy", "Run as root."),
                        beta -> assertThat(beta)
                                .asInstanceOf(JsonLines.OBJECT)
                                .containsEntry("code", "INCONCLUSIVE")
                                .containsEntry("cause", "The probe failed."),
                        gamma -> assertThat(gamma)
                                .asInstanceOf(JsonLines.OBJECT)
                                .containsEntry("code", "AVAILABLE")
                                .hasEntrySatisfying(
                                        "trial",
                                        trial -> assertThat(trial)
                                                .asInstanceOf(JsonLines.OBJECT)
                                                .containsKey("open_nanos")
                                                .containsEntry("ring_bytes", 64L << 20))
                                .containsEntry(
                                        "lacking",
                                        List.of(Map.of(
                                                "reason",
                                                "No such point.",
                                                "capabilities",
                                                List.of("Syscall.OPENAT2", "Syscall.CREAT")))));
    }

    @Test
    void jsonSaysOnceWhyADriverIsNotAvailable() {
        Capabilities nothing = Capabilities.complete();
        for (Capability capability : Capabilities.all()) {
            nothing = nothing.without(capability, "NO_PRIVILEGE: CAP_BPF is missing. Run as root.");
        }
        add("alpha", NO_PRIVILEGE, nothing);

        assertThat(doctor("--json")).isEqualTo(1);
        assertThat(test.out())
                .containsOnlyOnce("CAP_BPF is missing.")
                .contains("\"lacking\":[{\"reason\":\"NO_PRIVILEGE\",\"capabilities\":");
    }

    @Test
    void jsonKeepsAReasonThatSaysMore() {
        String more = "NO_PRIVILEGE: CAP_BPF is missing. Run as root. And no kernel has this point.";
        add("alpha", NO_PRIVILEGE, Capabilities.complete().without(Syscall.OPENAT2, more));

        assertThat(doctor("--json")).isEqualTo(1);
        assertThat(test.out()).contains("\"lacking\":[{\"reason\":\"" + more + "\",");
    }

    @Test
    void aDriverGvisorWithoutRunscIsNoPlainVerdict() {
        Driver driver = add("alpha", new Available(), Capabilities.complete());
        when(driver.notes(any())).thenReturn(Map.of("runsc", "none that could be asked (no such file): only …"));

        assertThat(doctor()).isZero();
        assertThat(test.out()).startsWith("Capturing works here, with driver alpha, but no runsc could be asked.\n");
    }

    @Test
    void aWrongConfigurationIsAUsageError() {
        assertThat(doctor("-o", "nothing=1")).isEqualTo(2);
        assertThat(test.err()).contains("nothing").doesNotContain("\tat ");
    }

    @Test
    void aDriverThatThereIsNotIsAUsageError() {
        assertThat(doctor("--driver", "nope")).isEqualTo(2);
        assertThat(test.err())
                .contains("no driver is named 'nope' (", "; known drivers: alpha, beta, gamma, simulator");
    }

    @Test
    void noWordOfADriverMovesTheCursor() {
        Driver driver = add("alpha", new Available(), Capabilities.complete());
        when(driver.notes(any())).thenReturn(Map.of("note", "\u001b[2J \u009b2J \u202e"));

        assertThat(doctor()).isZero();
        assertThat(doctor("--json")).isZero();
        assertThat(test.out()).contains("note: ?[2J ?2J ?\n").doesNotContain("\u001b", "\u009b", "\u202e");
        assertThat(JsonLines.parse(
                        test.out().lines().reduce((one, last) -> last).orElseThrow()))
                .asString()
                .contains("\u001b[2J \u009b2J \u202e");
    }

    @Test
    void notesHaveAnOrder() {
        Driver driver = add("alpha", new Available(), Capabilities.complete());
        when(driver.notes(any())).thenReturn(Map.of("b", "2", "d", "4", "a", "1", "c", "3"));

        assertThat(doctor()).isZero();
        assertThat(test.out()).contains("    a: 1\n    b: 2\n    c: 3\n    d: 4\n");
    }

    private int doctor(String... options) {
        Drivers discovered = mock();
        when(discovered.all()).thenReturn(drivers);
        when(discovered.names()).thenReturn(Set.of("alpha", "beta", "gamma", "simulator"));
        List<String> args = new ArrayList<>(List.of("doctor", "-o", "driver=alpha,beta,gamma"));
        args.addAll(List.of(options));
        return UnracedCommand.commandLine(test.console(), () -> discovered).execute(args.toArray(String[]::new));
    }

    private Driver add(String name, Availability availability, Capabilities capabilities) {
        Driver driver = mock();
        when(driver.name()).thenReturn(name);
        when(driver.availability(any())).thenReturn(availability);
        when(driver.capabilities()).thenReturn(capabilities);
        when(driver.capabilities(any())).thenReturn(capabilities);
        when(driver.open(any())).thenReturn(capture);
        drivers.put(name, driver);
        return driver;
    }
}
