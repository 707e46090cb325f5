// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.capture.Availability.Inconclusive;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.capture.Capabilities;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.RunscNote;
import dev.unraced.cli.doctor.Trial.Opened;
import dev.unraced.cli.doctor.Trial.Refused;
import dev.unraced.config.Setting;
import dev.unraced.event.Capability;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A diagnosis for people. */
public final class TextReport {
    private static final String UNKNOWN = "unknown";
    private static final int FACT_WIDTH = 25;

    private final StringBuilder text = new StringBuilder();

    private TextReport() {}

    /** Returns the whole report. */
    public static String of(Diagnosis diagnosis) {
        TextReport report = new TextReport();
        report.verdict(diagnosis);
        report.drivers(diagnosis);
        report.machine(diagnosis.machine());
        report.settings(diagnosis);
        return Console.printable(report.text.toString());
    }

    private void verdict(Diagnosis diagnosis) {
        String asked = String.join(", ", diagnosis.asked());
        line(diagnosis
                .chosen()
                .map(driver -> "Capturing works here, with driver " + driver.name()
                        + (RunscNote.ofNone(driver.notes()).isPresent() ? ", but no runsc could be asked." : "."))
                .orElse("Capturing does not work here. Asked for: " + asked + "."));
        if (!diagnosis.canRun()) {
            diagnosis.wanted().forEach(driver -> line("  " + driver.name() + ": " + obstacle(driver)));
        }
        text.append('\n');
    }

    private static String obstacle(DriverReport driver) {
        if (driver.availability() instanceof Unavailable why) {
            return why.missing() + " " + why.remedy();
        }
        if (driver.availability() instanceof Inconclusive why) {
            return why.cause();
        }
        return driver.trial()
                .filter(Refused.class::isInstance)
                .map(trial -> ((Refused) trial).reason())
                .orElse(UNKNOWN);
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
            line("  " + driver.name() + ": unavailable (" + why.code() + ")");
            line("    missing: " + why.missing());
            line("    remedy:  " + why.remedy());
        } else if (driver.availability() instanceof Inconclusive why) {
            line("  " + driver.name() + ": inconclusive");
            line("    cause:   " + why.cause());
        } else {
            line("  " + driver.name() + ": available");
        }
        driver.trial().ifPresent(this::trial);
        driver.notes().forEach((about, note) -> line("    " + about + ": " + note));
        capabilities(driver.capabilities());
    }

    private void trial(Trial trial) {
        if (trial instanceof Opened opened) {
            line("    a capture opens in " + opened.duration().toMillis() + " ms; ring " + size(opened.ringBytes())
                    + ", stash " + size(opened.stashBytes()));
        } else if (trial instanceof Refused refused) {
            line("    no capture under this configuration: " + refused.reason());
        }
    }

    private static String size(long bytes) {
        long kib = bytes >> 10;
        return kib >= 10 << 10 ? (kib >> 10) + " MiB" : kib + " KiB";
    }

    private void capabilities(Capabilities capabilities) {
        Map<Capability, String> lacking = capabilities.lacking();
        int all = Capabilities.all().size();
        line("    reports " + (all - lacking.size()) + " of " + all + " capabilities");
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        lacking.forEach((capability, reason) ->
                byReason.computeIfAbsent(reason, none -> new ArrayList<>()).add(CapabilityNames.of(capability)));
        byReason.forEach((reason, names) -> line(
                "      lacks " + (names.size() == all ? "all of them" : String.join(", ", names)) + ": " + reason));
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
        int width = 0;
        for (Setting setting : diagnosis.settings()) {
            width = Math.max(width, setting.key().length());
        }
        for (Setting setting : diagnosis.settings()) {
            line("  " + padded(setting.key(), width) + setting.value() + "  (" + setting.origin() + ")");
        }
    }

    private void fact(String name, Optional<String> value) {
        fact(name, value.orElse(UNKNOWN));
    }

    private void fact(String name, String value) {
        line("  " + padded(name, FACT_WIDTH) + value);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()) + 2);
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
