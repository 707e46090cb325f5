// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which conventions beside the native one a kernel takes calls by. Found out without making such a call: where a
 * seccomp filter forbids them, it may end the process.
 */
public final class OfferedAbis {
    /** A setting of kernels with 32-bit calls only: arch/x86/entry/vdso/vdso32-setup.c. */
    private static final String IA32 = "proc/sys/abi/vsyscall32";
    /** Of kernels from 6.7 on, arch/x86/entry/common.c: values as kstrtobool() takes them, the last one counts. */
    private static final Pattern IA32_SWITCH =
            Pattern.compile("(?:^|\\s)ia32_emulation=(?:([yt1]|on)|([nf0]|of))", Pattern.CASE_INSENSITIVE);

    private static final String IA32_DEFAULT_OFF = "CONFIG_IA32_EMULATION_DEFAULT_DISABLED=y";
    /** Debian's switch; other kernels that have x32 have it always. */
    private static final String X32_SWITCH = "sys/module/syscall/parameters/x32";

    private OfferedAbis() {}

    /** Why the running kernel takes no 32-bit calls; null when it does. */
    public static @Nullable String againstIa32() {
        return Here.AGAINST_IA32;
    }

    /** Why the running kernel takes no x32 calls; null when it does. */
    public static @Nullable String againstX32() {
        return Here.AGAINST_X32;
    }

    /** Found out when first asked for. */
    private static final class Here {
        private static final Path ROOT = Path.of("/");
        private static final @Nullable String AGAINST_IA32 =
                takesIa32(ROOT, System.getProperty("os.version", "")) ? null : "this kernel takes no 32-bit calls";
        private static final @Nullable String AGAINST_X32 =
                takesX32(ROOT, KernelTypes::read) ? null : "this kernel takes no x32 calls";
    }

    static boolean takesIa32(Path root, String release) {
        if (!Files.exists(root.resolve(IA32))) {
            return false;
        }
        boolean takes = !read(root.resolve("boot/config-" + release)).contains(IA32_DEFAULT_OFF);
        Matcher words = IA32_SWITCH.matcher(read(root.resolve("proc/cmdline")));
        while (words.find()) {
            takes = words.group(1) != null;
        }
        return takes;
    }

    static boolean takesX32(Path root, Supplier<KernelTypes> types) {
        String chosen = read(root.resolve(X32_SWITCH)).strip();
        return chosen.isEmpty() ? types.get().has("x32_setup_rt_frame") : chosen.equals("Y");
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return "";
        }
    }
}
