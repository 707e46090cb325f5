// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.kmod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Advice for when the kernel refuses the module. Every insmod prints strerror(3) of the errno of finit_module(2)
 * (kernel/module/main.c).
 */
final class LoadAdvice {
    private LoadAdvice() {}

    /**
     * Returns a sentence or two; empty when there is no advice.
     *
     * @param said the output of insmod
     * @param root the directory below which the machine's files lie
     */
    static Optional<String> after(String said, Path root, String release) {
        String text = said.toLowerCase(Locale.ROOT);
        if (text.contains("key was rejected") || text.contains("required key not available")) {
            return Optional.of("This machine takes only modules that are signed by a key that it trusts. Sign this one"
                    + " (scripts/sign-file of the kernel's headers) with a key that is enrolled: mokutil --import KEY.der,"
                    + " then boot again.");
        }
        if (text.contains("invalid module format") || text.contains("exec format error")) {
            return Optional.of("The module was built for another kernel than " + release
                    + ", or by another compiler's options. Run: unraced kmod build");
        }
        if (text.contains("not permitted")) {
            return Optional.of(notPermitted(root));
        }
        if (text.contains("unknown symbol")) {
            return Optional.of("Kernel " + release + " lacks a function that the module needs; dmesg names it.");
        }
        if (text.contains("not supported")) {
            return Optional.of("The module found that it cannot work on this kernel; dmesg says why.");
        }
        return Optional.empty();
    }

    private static String notPermitted(Path root) {
        if (read(root.resolve("proc/sys/kernel/modules_disabled")).strip().equals("1")) {
            return "Loading modules is forbidden until the next boot (kernel.modules_disabled is 1). Load the module at"
                    + " boot, before that is set.";
        }
        String lockdown = read(root.resolve("sys/kernel/security/lockdown"));
        if (lockdown.contains("[integrity]") || lockdown.contains("[confidentiality]")) {
            return "The kernel is locked down and takes signed modules only. Sign this one with a key that is enrolled:"
                    + " mokutil --import KEY.der, then boot again.";
        }
        return "Loading modules takes root with CAP_SYS_MODULE, outside of containers.";
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            // The file is missing or not readable, so nothing is known, and nothing is ruled out.
            return "";
        }
    }
}
