// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * The bytes that images hold: each program and each ancestor counts once, however many processes share it. The sizes of
 * objects are those of a 64-bit JVM with compressed references, about.
 */
final class Footprint {
    private static final int IMAGE = 224;
    private static final int PROGRAM = 72;
    private static final int ANCESTOR = 56;
    private static final int REFERENCE = 4;
    /** A string of bytes, its array and the optional around it. */
    private static final int TEXT = 56;

    private final IdentityHashMap<Object, Integer> holders = new IdentityHashMap<>();
    private long bytes;

    /** Returns the bytes that the images hold. */
    long bytes() {
        return bytes;
    }

    void add(ProcessImage image) {
        bytes += own(image);
        hold(image.program(), of(image.program()));
        for (Ancestor ancestor : image.ancestors()) {
            hold(ancestor, of(ancestor));
        }
    }

    void remove(ProcessImage image) {
        bytes -= own(image);
        release(image.program(), of(image.program()));
        for (Ancestor ancestor : image.ancestors()) {
            release(ancestor, of(ancestor));
        }
    }

    /** Returns the bytes of an image with all that it refers to, whoever shares that. */
    static long of(ProcessImage image) {
        long sum = own(image) + of(image.program());
        for (Ancestor ancestor : image.ancestors()) {
            sum += of(ancestor);
        }
        return sum;
    }

    /** Returns an image that has no more than so many bytes, if it can: it lacks arguments and farther ancestors. */
    static ProcessImage within(long most, ProcessImage image) {
        ProcessImage less = image.with(image.program().shortened(), image.programAbsence())
                .with(List.of(), image.hasMoreAncestors() || !image.ancestors().isEmpty());
        long sum = of(less);
        int fit = 0;
        for (Ancestor ancestor : image.ancestors()) {
            sum += REFERENCE + of(ancestor);
            if (sum > most) {
                return less.with(List.copyOf(image.ancestors().subList(0, fit)), true);
            }
            fit++;
        }
        return less.with(image.ancestors(), image.hasMoreAncestors());
    }

    private void hold(Object shared, long size) {
        if (holders.merge(shared, 1, Integer::sum) == 1) {
            bytes += size;
        }
    }

    private void release(Object shared, long size) {
        if (holders.computeIfPresent(shared, (key, count) -> count == 1 ? null : count - 1) == null) {
            bytes -= size;
        }
    }

    private static long own(ProcessImage image) {
        return IMAGE + (long) REFERENCE * image.ancestors().size();
    }

    /** The program of an ancestor counts with it: few ancestors share one. */
    private static long of(Ancestor ancestor) {
        return ANCESTOR + of(ancestor.program());
    }

    private static long of(Program program) {
        return PROGRAM
                + of(program.path())
                + of(program.interpreter())
                + of(program.executable())
                + program.arguments().length();
    }

    private static long of(Optional<ByteString> text) {
        return text.isEmpty() ? 0 : TEXT + text.get().length();
    }
}
