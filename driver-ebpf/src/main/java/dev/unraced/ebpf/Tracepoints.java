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

    /** Loads the programs in one of the two ways. */
    interface Loader {
        BpfObject load(Tracepoints how) throws EbpfFailure;
    }

    /** Those that this kernel calls with preemption off. */
    static BpfObject load(Choice choice, Loader loader) throws EbpfFailure {
        if (choice == Choice.EVENTS) {
            return loader.load(EVENTS);
        }
        Tracepoints known = fitting;
        if (known != null) {
            return loader.load(known);
        }
        BpfObject raw = loader.load(RAW);
        boolean kept = false;
        try {
            fitting = Control.introduced(raw, Control::preemptible) ? EVENTS : RAW;
            kept = fitting == RAW;
        } finally {
            if (!kept) {
                raw.close();
            }
        }
        return kept ? raw : loader.load(EVENTS);
    }

    /** For people. */
    static String describe(Choice choice) {
        if (choice == Choice.EVENTS) {
            return EVENTS.description + ", as configured";
        }
        Tracepoints known = fitting;
        if (known == null) {
            return "not known";
        }
        return known == RAW
                ? RAW.description
                : EVENTS.description + ", as this kernel can put programs of raw ones aside for other threads";
    }
}
