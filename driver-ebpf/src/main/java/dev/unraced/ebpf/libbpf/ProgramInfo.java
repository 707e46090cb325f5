// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.libbpf;

import com.sun.jna.Memory;

/**
 * The kernel's counters of a program, at the end of {@code struct bpf_prog_info} of {@code include/uapi/linux/bpf.h}.
 *
 * @param runNanos time spent in the program; 0 unless run-time statistics are on
 * @param runs number of runs; 0 unless run-time statistics are on
 * @param misses number of times that the kernel skipped the program, because a program already ran on that CPU
 */
public record ProgramInfo(long runNanos, long runs, long misses) {
    private static final int SIZE = 216;
    private static final int RUN_NANOS = 192;
    private static final int RUNS = 200;
    private static final int MISSES = 208;

    public static ProgramInfo of(int program) {
        try (Memory info = new Memory(SIZE);
                Memory length = new Memory(Integer.BYTES)) {
            info.clear();
            length.setInt(0, SIZE);
            if (LibBpf.bpf_prog_get_info_by_fd(program, info, length) != 0) {
                return new ProgramInfo(0, 0, 0);
            }
            return new ProgramInfo(info.getLong(RUN_NANOS), info.getLong(RUNS), info.getLong(MISSES));
        }
    }
}
