// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.scale;

/**
 * One line of a sizing table.
 *
 * @param latencyTimes how many times as long as the scenario has them the calls took
 * @param result what came of it
 */
public record SizingRow(double latencyTimes, ScaleResult result) {

    /** Bytes of a BPF map of this size. */
    public long bpfBytes() {
        return StashMemory.bpf(result.entries());
    }

    /** Bytes of a stash of this size in Java. */
    public long javaBytes() {
        return StashMemory.java(result.entries());
    }
}
