// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import org.jspecify.annotations.Nullable;

/**
 * How programs come to their tracepoints, {@code lib/attach_points.h}: as raw ones, which costs least, or by perf's
 * events of them, where the kernel can put a raw one's program aside for another thread. That is found out once in a
 * process, with the first capture. Thread-safe.
 */
enum Tracepoints {
    RAW("unraced.bpf.o", "raw ones"),
    EVENTS("unraced-events.bpf.o", "perf's events");

    /** What guards tracepoints where it is no longer preemption that is off ({@code include/linux/tracepoint.h}). */
    private static final String GUARD = "class_srcu_fast_notrace_t";

    private static volatile @Nullable Tracepoints fitting;

    /** The object that is built so. */
    final String object;

    final String description;

    Tracepoints(String object, String description) {
        this.object = object;
        this.description = description;
    }

    /**
     * Those that this kernel calls with preemption off.
     *
     * @param perfEvents whether perf's events are asked for anyway
     */
    static Tracepoints of(boolean perfEvents) {
        if (perfEvents) {
            return EVENTS;
        }
        Tracepoints known = fitting;
        if (known == null) {
            known = KernelTypes.have(GUARD) ? EVENTS : RAW;
            fitting = known;
        }
        return known;
    }

    /** For people. */
    static String describe(boolean perfEvents) {
        Tracepoints taken = of(perfEvents);
        if (taken == RAW) {
            return RAW.description;
        }
        return EVENTS.description
                + (perfEvents
                        ? ", as configured"
                        : ", as this kernel can put programs of raw ones aside for other threads");
    }
}
