// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import java.util.EnumSet;
import java.util.Set;

/** The privileges that drivers ask for, by their bits in {@code include/uapi/linux/capability.h}. */
public enum ProcessCapability {
    CAP_DAC_READ_SEARCH(2),
    CAP_SYS_PTRACE(19),
    CAP_SYS_ADMIN(21),
    CAP_SYS_RESOURCE(24),
    CAP_PERFMON(38),
    CAP_BPF(39);

    private final int bit;

    ProcessCapability(int bit) {
        this.bit = bit;
    }

    /** Returns the privileges in a hexadecimal set, as {@code /proc/PID/status} shows it. */
    static Set<ProcessCapability> decode(String hex) {
        long bits = Long.parseUnsignedLong(hex, 16);
        Set<ProcessCapability> held = EnumSet.noneOf(ProcessCapability.class);
        for (ProcessCapability capability : values()) {
            if ((bits >>> capability.bit & 1) != 0) {
                held.add(capability);
            }
        }
        return held;
    }
}
