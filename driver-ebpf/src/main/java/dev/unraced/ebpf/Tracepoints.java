// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.machine.KernelTypes;
import org.jspecify.annotations.Nullable;

/**
 * The methods of attaching programs to tracepoints, {@code lib/attach_points.h}. Raw tracepoints cost least. Perf
 * events serve kernels that can preempt a raw tracepoint's program for another thread. The first capture of a process
 * finds out which fits. Thread-safe.
 */
enum Tracepoints {
    RAW("unraced.bpf.o", "raw ones"),
    EVENTS("unraced-events.bpf.o", "perf's events");

    /**
     * The type that guards tracepoints on kernels that no longer disable preemption
     * ({@code include/linux/tracepoint.h}).
     */
    private static final String GUARD = "class_srcu_fast_notrace_t";

    private static volatile @Nullable Tracepoints fitting;

    /** The object file that is built for this method. */
    final String object;

    final String description;

    Tracepoints(String object, String description) {
        this.object = object;
        this.description = description;
    }

    /**
     * Returns the tracepoints that this kernel calls with preemption off.
     *
     * @param perfEvents whether perf events are configured anyway
     */
    static Tracepoints of(boolean perfEvents) {
        if (perfEvents) {
            return EVENTS;
        }
        Tracepoints known = fitting;
        if (known == null) {
            known = KernelTypes.read().has(GUARD) ? EVENTS : RAW;
            fitting = known;
        }
        return known;
    }

    /** Describes the method in use, for people. */
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
