// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How programs come to their tracepoints, {@code points.h}: as raw ones, which costs least, or by perf's events of
 * them, where the kernel can put a raw one's program aside for another thread. That is found out once in a process,
 * with the first capture. Thread-safe.
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

    /** What configuration says: {@code unraced.ebpf.tracepoints}. */
    enum Choice {
        AUTO,
        EVENTS;

        static final List<String> NAMES = Stream.of(values())
                .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                .toList();

        static Choice of(String name) {
            return values()[NAMES.indexOf(name)];
        }
    }

    /** Those that this kernel calls with preemption off. */
    static Tracepoints of(Choice choice) {
        if (choice == Choice.EVENTS) {
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
    static String describe(Choice choice) {
        Tracepoints taken = of(choice);
        if (taken == RAW) {
            return RAW.description;
        }
        return EVENTS.description
                + (choice == Choice.EVENTS
                        ? ", as configured"
                        : ", as this kernel can put programs of raw ones aside for other threads");
    }
}
