// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

/**
 * One line of a sizing table.
 *
 * @param latencyTimes factor by which the calls took longer than in the scenario
 * @param result the result of the stash
 */
public record SizingRow(double latencyTimes, ScaleResult result) {

    /** The bytes of a BPF map of this size. */
    public long bpfBytes() {
        return StashMemory.bpf(result.entries());
    }

    /** The bytes of a stash of this size in Java. */
    public long javaBytes() {
        return StashMemory.java(result.entries());
    }
}
