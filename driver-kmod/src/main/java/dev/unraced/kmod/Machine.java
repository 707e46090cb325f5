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
 * @param linux true if the operating system is Linux
 * @param kernel the kernel's release
 * @param modules true if the kernel can load modules at all
 * @param loaded true if the module is loaded
 * @param headers true if the kernel's headers are installed
 * @param disabled true if loading modules is forbidden until the next boot
 * @param realtime true if the kernel is a PREEMPT_RT kernel
 * @param signing true if the kernel takes signed modules only
 * @param lockdown the active lockdown mode, or "none"
 * @param built the kernels for which a module was built
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

    /** The kernels for which a module was built. */
    enum Built {
        FOR_THIS,
        FOR_OTHERS,
        NOT
    }

    static Machine current() {
        return under(
                Path.of("/"), System.getProperty("os.name", "").equals("Linux"), System.getProperty("os.version", ""));
    }

    /** Reads the facts from files under a root. */
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

    /** Returns whether the kernel is older than the module supports; false for an unknown release. */
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

    /** Looks for the module where {@code unraced kmod build} puts it, and where DKMS does. */
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
            // The file is missing or not readable, so the fact is unknown and rules nothing out.
            return "";
        }
    }
}
