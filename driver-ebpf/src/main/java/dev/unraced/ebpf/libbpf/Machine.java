// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.libbpf;

import dev.unraced.natives.LibC;
import dev.unraced.natives.NativePart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The facts about the machine and this process that explain a failure.
 *
 * @param linux whether the operating system is Linux
 * @param architecture the machine's name in uname(2)
 * @param kernel the kernel's release
 * @param btf whether the kernel describes its types
 * @param capabilities the effective capabilities of this process, a bit each
 * @param lockdown the active lockdown mode, "none" when there is none
 */
public record Machine(
        boolean linux, String architecture, String kernel, boolean btf, long capabilities, String lockdown) {
    private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");
    private static final Pattern RELEASE = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_PERFMON = 38;
    private static final int CAP_BPF = 39;

    public static Machine current() {
        return new Machine(
                System.getProperty("os.name", "").equals("Linux"),
                localArchitecture(),
                System.getProperty("os.version", ""),
                Files.isReadable(BTF),
                effectiveCapabilities(),
                lockdownMode());
    }

    /** Returns the architecture's name in uname(2); Java says amd64 for x86_64. */
    public static String localArchitecture() {
        return NativePart.machine();
    }

    public static long perfEventOpenNumber() {
        // arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h
        return localArchitecture().equals("x86_64") ? 298 : 241;
    }

    /**
     * Waits until every CPU has left the driver's programs: MEMBARRIER_CMD_GLOBAL of membarrier(2) waits for a grace
     * period. On kernels that refuse it (nohz_full) this does not wait.
     */
    public static void awaitGracePeriod() {
        // arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h
        LibC.syscall(localArchitecture().equals("x86_64") ? 324 : 283, 1, 0, 0, 0, 0);
    }

    public boolean mayLoad() {
        return has(CAP_SYS_ADMIN) || (has(CAP_BPF) && has(CAP_PERFMON));
    }

    /** Returns whether the kernel lacks a helper that the programs call: bpf_loop is the newest, of 5.17. */
    public boolean isOldKernel() {
        Matcher matcher = RELEASE.matcher(kernel);
        if (!matcher.lookingAt()) {
            return false;
        }
        int major = Integer.parseInt(matcher.group(1));
        return major < 5 || (major == 5 && Integer.parseInt(matcher.group(2)) < 17);
    }

    private boolean has(int capability) {
        return (capabilities >>> capability & 1) != 0;
    }

    private static long effectiveCapabilities() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    return Long.parseUnsignedLong(line.substring(7).strip(), 16);
                }
            }
        } catch (IOException | NumberFormatException e) {
            // Without Linux or /proc the capabilities are unknown, so none is ruled out.
        }
        return -1;
    }

    private static String lockdownMode() {
        try {
            String modes = Files.readString(Path.of("/sys/kernel/security/lockdown"));
            int start = modes.indexOf('[');
            int end = modes.indexOf(']');
            return start >= 0 && end > start ? modes.substring(start + 1, end) : "none";
        } catch (IOException e) {
            return "none";
        }
    }
}
