// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Facts about the machine that explain why there is no device.
 *
 * @param linux whether the operating system is Linux
 * @param kernel the kernel's release
 * @param modules whether the kernel can load modules at all
 * @param loaded whether the module is loaded
 * @param headers whether the kernel's headers are installed
 * @param disabled whether loading was forbidden until the next boot
 * @param lockdown the active lockdown mode, "none" when there is none
 */
record Machine(
        boolean linux,
        String kernel,
        boolean modules,
        boolean loaded,
        boolean headers,
        boolean disabled,
        String lockdown) {

    static Machine current() {
        return under(
                Path.of("/"), System.getProperty("os.name", "").equals("Linux"), System.getProperty("os.version", ""));
    }

    /** As the files under a root tell. */
    static Machine under(Path root, boolean linux, String kernel) {
        return new Machine(
                linux,
                kernel,
                Files.exists(root.resolve("proc/modules")),
                Files.exists(root.resolve("sys/module/unraced")),
                Files.exists(root.resolve("lib/modules").resolve(kernel).resolve("build/Makefile")),
                read(root.resolve("proc/sys/kernel/modules_disabled")).strip().equals("1"),
                lockdown(read(root.resolve("sys/kernel/security/lockdown"))));
    }

    private static String lockdown(String modes) {
        int start = modes.indexOf('[');
        int end = modes.indexOf(']');
        return start >= 0 && end > start ? modes.substring(start + 1, end) : "none";
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
