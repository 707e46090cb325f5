// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.kmod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * What to do when the kernel refuses the module. What insmod prints is strerror(3) of what finit_module(2) returned
 * (kernel/module/main.c), whichever insmod it is.
 */
final class LoadAdvice {
    private LoadAdvice() {}

    /**
     * A sentence or two, when there is something to say.
     *
     * @param said what insmod printed
     * @param root where the machine's files lie
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
            // Not there, or not for us: nothing is known, so nothing is ruled out.
            return "";
        }
    }
}
