// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which conventions beside the native one the running kernel takes calls by. Found out without making such a call:
 * where a seccomp filter forbids them, it may end the process.
 */
final class OfferedAbis {
    /** A setting of kernels with 32-bit calls only: arch/x86/entry/vdso/vdso32-setup.c. */
    private static final Path IA32 = Path.of("/proc/sys/abi/vsyscall32");

    private static final Pattern IA32_OFF = Pattern.compile("(^|\\s)ia32_emulation=(0|n|no|off|false)(\\s|$)");
    /** Debian's switch; other kernels that have x32 have it always. */
    private static final Path X32_SWITCH = Path.of("/sys/module/syscall/parameters/x32");

    private OfferedAbis() {}

    /** Why the kernel takes no 32-bit calls; null when it does. */
    static @Nullable String againstIa32() {
        return Reasons.IA32_REASON;
    }

    /** Why the kernel takes no x32 calls; null when it does. */
    static @Nullable String againstX32() {
        return Reasons.X32_REASON;
    }

    /** Found out when first asked for. */
    private static final class Reasons {
        private static final @Nullable String IA32_REASON = ia32() ? null : "this kernel takes no 32-bit calls";
        private static final @Nullable String X32_REASON = x32() ? null : "this kernel takes no x32 calls";
    }

    private static boolean ia32() {
        return Files.exists(IA32)
                && !IA32_OFF.matcher(read(Path.of("/proc/cmdline"))).find();
    }

    private static boolean x32() {
        return KernelTypes.read().has("x32_setup_rt_frame") && !read(X32_SWITCH).startsWith("N");
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return "";
        }
    }
}
