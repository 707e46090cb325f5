// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which calling conventions besides the native one a kernel accepts. It makes no such call, since a seccomp
 * filter that forbids it could end the process.
 */
public final class OfferedAbis {
    /** This file exists only on kernels with 32-bit calls: arch/x86/entry/vdso/vdso32-setup.c. */
    private static final String IA32 = "proc/sys/abi/vsyscall32";
    /**
     * The boot parameter of kernels from 6.7 on, arch/x86/entry/common.c: values as kstrtobool() accepts them; the last
     * one counts.
     */
    private static final Pattern IA32_SWITCH =
            Pattern.compile("(?:^|\\s)ia32_emulation=(?:([yt1]|on)|([nf0]|of))", Pattern.CASE_INSENSITIVE);

    private static final String IA32_DEFAULT_OFF = "CONFIG_IA32_EMULATION_DEFAULT_DISABLED=y";
    /** Debian's switch; other kernels with x32 support always have it on. */
    private static final String X32_SWITCH = "sys/module/syscall/parameters/x32";

    private OfferedAbis() {}

    /** Returns why the running kernel accepts no 32-bit calls; null when it does. */
    public static @Nullable String ia32UnavailableReason() {
        return Here.IA32_UNAVAILABLE_REASON;
    }

    /** Returns why the running kernel accepts no x32 calls; null when it does. */
    public static @Nullable String x32UnavailableReason() {
        return Here.X32_UNAVAILABLE_REASON;
    }

    /** The answers for this machine, which are found out on first use. */
    private static final class Here {
        private static final Path ROOT = Path.of("/");
        private static final @Nullable String IA32_UNAVAILABLE_REASON =
                takesIa32(ROOT, System.getProperty("os.version", "")) ? null : "this kernel takes no 32-bit calls";
        private static final @Nullable String X32_UNAVAILABLE_REASON =
                takesX32(ROOT, KernelTypes::read) ? null : "this kernel takes no x32 calls";
    }

    static boolean takesIa32(Path root, String release) {
        if (!Files.exists(root.resolve(IA32))) {
            return false;
        }
        boolean takes = !TextFile.read(root.resolve("boot/config-" + release)).contains(IA32_DEFAULT_OFF);
        Matcher words = IA32_SWITCH.matcher(TextFile.read(root.resolve("proc/cmdline")));
        while (words.find()) {
            takes = words.group(1) != null;
        }
        return takes;
    }

    static boolean takesX32(Path root, Supplier<KernelTypes> types) {
        String chosen = TextFile.read(root.resolve(X32_SWITCH)).strip();
        return chosen.isEmpty() ? types.get().has("x32_setup_rt_frame") : chosen.equals("Y");
    }
}
