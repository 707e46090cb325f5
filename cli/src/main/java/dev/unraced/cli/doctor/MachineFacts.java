// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The facts about the kernel and this process that matter to drivers. A value that cannot be read is empty: not every
 * kernel has every file, and not every user may read it.
 *
 * @param release the release of the kernel
 * @param machine the machine's name, as of {@code uname -m}
 * @param btf whether the kernel describes its own types, which CO-RE programs need
 * @param lockdown the kernel's lockdown: none, integrity or confidentiality
 * @param perfEventParanoid the sysctl {@code kernel.perf_event_paranoid}
 * @param unprivilegedBpfDisabled the sysctl {@code kernel.unprivileged_bpf_disabled}
 * @param capabilities the capabilities of this process that drivers need
 * @param memoryLock the number of bytes that it may lock, or "unlimited"
 * @param java the version and vendor of the runtime
 */
public record MachineFacts(
        Optional<String> release,
        String machine,
        boolean btf,
        Optional<String> lockdown,
        Optional<String> perfEventParanoid,
        Optional<String> unprivilegedBpfDisabled,
        Set<ProcessCapability> capabilities,
        Optional<String> memoryLock,
        String java) {

    private static final Pattern CURRENT_LOCKDOWN = Pattern.compile("\\[(\\w+)]");
    private static final Pattern EFFECTIVE = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]{1,16})$");
    private static final Pattern LOCKED_MEMORY = Pattern.compile("(?m)^Max locked memory\\s+(\\w+)");

    /** Reads the facts below a root directory. */
    public static MachineFacts read(Path root) {
        return new MachineFacts(
                text(root, "proc/sys/kernel/osrelease"),
                architecture(),
                Files.exists(root.resolve("sys/kernel/btf/vmlinux")),
                text(root, "sys/kernel/security/lockdown").flatMap(text -> find(CURRENT_LOCKDOWN, text)),
                text(root, "proc/sys/kernel/perf_event_paranoid"),
                text(root, "proc/sys/kernel/unprivileged_bpf_disabled"),
                text(root, "proc/self/status")
                        .flatMap(text -> find(EFFECTIVE, text))
                        .map(ProcessCapability::decode)
                        .orElse(EnumSet.noneOf(ProcessCapability.class)),
                text(root, "proc/self/limits").flatMap(text -> find(LOCKED_MEMORY, text)),
                System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")");
    }

    private static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }

    private static Optional<String> text(Path root, String file) {
        try {
            return Optional.of(Files.readString(root.resolve(file)).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> find(Pattern pattern, String text) {
        Matcher match = pattern.matcher(text);
        return match.find() ? Optional.of(match.group(1)) : Optional.empty();
    }
}
