// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.endurance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The memory, threads and descriptors that a process holds, from the end of its warm-up to the end of the test. */
final class Footprint {
    private static final double TOLERANCE = 0.05;
    private static final long SLACK_KIB = 4096;
    private static final double KIB_PER_MIB = 1024;

    private final String name;
    private final List<Long> resident = new ArrayList<>();
    private final long heapBefore;
    private final int descriptorsBefore;
    private long heapAfter;
    private int descriptorsAfter;

    /** Takes the first figures. */
    Footprint(String name, ObservedProcess process) throws InterruptedException {
        this.name = name;
        this.heapBefore = process.liveHeapBytes();
        this.descriptorsBefore = process.descriptors();
        sample(process);
    }

    void sample(ObservedProcess process) {
        resident.add(process.residentKib());
    }

    long lastResidentKib() {
        return resident.get(resident.size() - 1);
    }

    int descriptorsBefore() {
        return descriptorsBefore;
    }

    /** Takes the last figures. */
    void end(ObservedProcess process) throws InterruptedException {
        sample(process);
        heapAfter = process.liveHeapBytes();
        descriptorsAfter = process.descriptors();
    }

    /** Returns what grew; empty when all is flat. */
    Optional<String> growth() {
        if (isMore(heapBefore >> 10, heapAfter >> 10)) {
            return Optional.of("the heap of the " + name + " grew");
        }
        if (isMore(median(0), median(1))) {
            return Optional.of("the memory of the " + name + " grew");
        }
        return descriptorsAfter > descriptorsBefore
                ? Optional.of("the " + name + " holds " + (descriptorsAfter - descriptorsBefore)
                        + " descriptors more than before")
                : Optional.empty();
    }

    private static boolean isMore(long before, long after) {
        return after > before * (1 + TOLERANCE) + SLACK_KIB;
    }

    /** Returns the median of a half of the samples: one sample alone can be that of a garbage collection. */
    private long median(int half) {
        int middle = resident.size() / 2;
        List<Long> part = (half == 0
                        ? resident.subList(0, Math.max(1, middle))
                        : resident.subList(middle, resident.size()))
                .stream().sorted().toList();
        return part.get(part.size() / 2);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %.1f to %.1f MiB resident (medians of both halves), %.2f to %.2f MiB of live objects, %d to %d"
                        + " descriptors",
                name,
                median(0) / KIB_PER_MIB,
                median(1) / KIB_PER_MIB,
                heapBefore / KIB_PER_MIB / KIB_PER_MIB,
                heapAfter / KIB_PER_MIB / KIB_PER_MIB,
                descriptorsBefore,
                descriptorsAfter);
    }
}
