// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Facts about the machine that explain why there is no device.
 *
 * @param linux whether the operating system is Linux
 * @param kernel the kernel's release
 * @param modules whether the kernel can load modules at all
 * @param loaded whether the module is loaded
 * @param headers whether the kernel's headers are installed
 * @param disabled whether loading was forbidden until the next boot
 * @param realtime whether it is a PREEMPT_RT kernel
 * @param signing whether the kernel takes signed modules only
 * @param lockdown the active lockdown mode, "none" when there is none
 * @param built for which kernels there is a module
 */
record Machine(
        boolean linux,
        String kernel,
        boolean modules,
        boolean loaded,
        boolean headers,
        boolean disabled,
        boolean realtime,
        boolean signing,
        String lockdown,
        Built built) {
    private static final Pattern VERSION = Pattern.compile("^(\\d+)\\.(\\d+)");
    private static final int LEAST_MAJOR = 6;
    private static final int LEAST_MINOR = 1;

    /** For which kernels there is a module. */
    enum Built {
        FOR_THIS,
        FOR_OTHERS,
        NOT
    }

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
                read(root.resolve("sys/kernel/realtime")).strip().equals("1"),
                read(root.resolve("sys/module/module/parameters/sig_enforce"))
                        .strip()
                        .equals("Y"),
                lockdown(read(root.resolve("sys/kernel/security/lockdown"))),
                built(root, kernel));
    }

    /** Whether the kernel is older than the module is for; what cannot be read is not. */
    boolean tooOld() {
        Matcher version = VERSION.matcher(kernel);
        if (!version.find()) {
            return false;
        }
        int major = Integer.parseInt(version.group(1));
        return major < LEAST_MAJOR || (major == LEAST_MAJOR && Integer.parseInt(version.group(2)) < LEAST_MINOR);
    }

    private static String lockdown(String modes) {
        int start = modes.indexOf('[');
        int end = modes.indexOf(']');
        return start >= 0 && end > start ? modes.substring(start + 1, end) : "none";
    }

    /** Where {@code unraced kmod build} puts modules, and where DKMS does. */
    private static Built built(Path root, String kernel) {
        Path own = root.resolve("var/cache/unraced/kmod");
        Path system = root.resolve("lib/modules");
        if (isModule(own.resolve(kernel), List.of(""))
                || isModule(system.resolve(kernel), List.of("updates", "updates/dkms", "extra"))) {
            return Built.FOR_THIS;
        }
        try (Stream<Path> kernels = Files.list(own)) {
            return kernels.anyMatch(folder -> isModule(folder, List.of(""))) ? Built.FOR_OTHERS : Built.NOT;
        } catch (IOException e) {
            return Built.NOT;
        }
    }

    private static boolean isModule(Path kernel, List<String> folders) {
        return folders.stream()
                .flatMap(folder -> Stream.of("", ".xz", ".zst", ".gz")
                        .map(packed -> kernel.resolve(folder).resolve("unraced.ko" + packed)))
                .anyMatch(Files::exists);
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
