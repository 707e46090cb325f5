// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.config.Setting;
import dev.unraced.driver.Availability.Inconclusive;
import dev.unraced.driver.Availability.Unavailable;
import dev.unraced.driver.Capabilities;
import dev.unraced.event.Capability;
import java.util.Map;
import java.util.Optional;

/** A diagnosis for people. */
public final class TextReport {
    private static final String UNKNOWN = "unknown";

    private final StringBuilder text = new StringBuilder();

    private TextReport() {}

    /** The whole report. */
    public static String of(Diagnosis diagnosis) {
        TextReport report = new TextReport();
        report.drivers(diagnosis);
        report.machine(diagnosis.machine());
        report.settings(diagnosis);
        return report.text.toString();
    }

    private void drivers(Diagnosis diagnosis) {
        text.append("Drivers\n");
        if (diagnosis.drivers().isEmpty()) {
            text.append("  none on the class path: add the jar of a driver\n");
        }
        diagnosis.drivers().forEach(this::driver);
    }

    private void driver(DriverReport driver) {
        if (driver.availability() instanceof Unavailable why) {
            line("  %s: unavailable (%s)", driver.name(), why.code());
            line("    missing: %s", why.missing());
            line("    remedy:  %s", why.remedy());
        } else if (driver.availability() instanceof Inconclusive why) {
            line("  %s: inconclusive", driver.name());
            line("    cause: %s", why.cause());
        } else {
            line("  %s: available", driver.name());
        }
        capabilities(driver.capabilities());
    }

    private void capabilities(Capabilities capabilities) {
        Map<Capability, String> lacking = capabilities.lacking();
        line(
                "    capabilities: %d of %d",
                Capabilities.all().size() - lacking.size(), Capabilities.all().size());
        lacking.forEach((capability, reason) -> line("      lacks %s: %s", CapabilityNames.of(capability), reason));
    }

    private void machine(MachineFacts machine) {
        text.append("\nMachine\n");
        fact("kernel", machine.release().orElse(UNKNOWN) + " " + machine.machine());
        fact("BTF", machine.btf() ? "present" : "absent");
        fact("lockdown", machine.lockdown());
        fact("perf_event_paranoid", machine.perfEventParanoid());
        fact("unprivileged_bpf_disabled", machine.unprivilegedBpfDisabled());
        for (ProcessCapability capability : ProcessCapability.values()) {
            fact(capability.name(), machine.capabilities().contains(capability) ? "yes" : "no");
        }
        fact("locked memory limit", machine.memoryLock());
        fact("Java", machine.java());
    }

    private void settings(Diagnosis diagnosis) {
        text.append("\nConfiguration\n");
        int width = diagnosis.settings().stream()
                .mapToInt(setting -> setting.key().length())
                .max()
                .orElse(1);
        for (Setting setting : diagnosis.settings()) {
            line("  %-" + width + "s  %s  (%s)", setting.key(), setting.value(), setting.origin());
        }
    }

    private void fact(String name, Optional<String> value) {
        fact(name, value.orElse(UNKNOWN));
    }

    private void fact(String name, String value) {
        line("  %-26s %s", name, value);
    }

    private void line(String format, Object... values) {
        text.append(String.format(format, values)).append('\n');
    }
}
