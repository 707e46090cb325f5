// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.config.RateLimits;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** The switches that the programs read. Thread-safe. */
final class Control {
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer memory;

    Control(ByteBuffer memory) {
        this.memory = memory;
    }

    void active(boolean active) {
        INTS.setVolatile(memory, ControlLayout.ACTIVE, active ? 1 : 0);
    }

    void readerWaiting(boolean waiting) {
        INTS.setVolatile(memory, ControlLayout.READER_WAITING, waiting ? 1 : 0);
    }

    /** Puts filters of a generation into force, at once. */
    void filters(int word) {
        INTS.setVolatile(memory, ControlLayout.FILTERS, word);
    }

    /** Says what the filters of a generation are, or that they are forgotten. */
    void generation(int place, int word) {
        INTS.setVolatile(memory, ControlLayout.GENERATIONS + place * Integer.BYTES, word);
    }

    /** Tells that the filters are about to change: until they have, no thread is younger than they are. */
    void filtersChange() {
        LONGS.setVolatile(memory, ControlLayout.FILTERED_SINCE, -1L);
    }

    void integrity(boolean checked) {
        INTS.setVolatile(memory, ControlLayout.INTEGRITY, checked ? 1 : 0);
    }

    /** Sets the calls that need no snapshot in mode kernel, as one bit for each call's code. */
    void withoutSnapshots(int calls) {
        INTS.setVolatile(memory, ControlLayout.NO_SNAPSHOTS, calls);
    }

    /** Tells whether connects by other conventions than the native one are unseen. */
    void blind(boolean unseen) {
        INTS.setVolatile(memory, ControlLayout.BLIND, unseen ? 1 : 0);
    }

    /** Sets the calls whose kernel copies are captured, as one bit for each call's code. */
    void copies(int calls) {
        INTS.setVolatile(memory, ControlLayout.COPIES, calls);
    }

    void publishEnterEvents(boolean publish) {
        INTS.setVolatile(memory, ControlLayout.ENTER_EVENTS, publish ? 1 : 0);
    }

    boolean enterEvents() {
        return (int) INTS.getVolatile(memory, ControlLayout.ENTER_EVENTS) != 0;
    }

    void ringPerCpu(boolean perCpu) {
        INTS.setVolatile(memory, ControlLayout.RING_PER_CPU, perCpu ? 1 : 0);
    }

    void syscalls(Set<Syscall> watched) {
        int bits = watched.stream().mapToInt(syscall -> 1 << syscall.code()).sum();
        INTS.setVolatile(memory, ControlLayout.SYSCALLS, bits);
    }

    /** Returns whether io_uring requests can be read, once the program init_control has run. */
    boolean hasRequests() {
        return (int) INTS.getVolatile(memory, ControlLayout.HAS_REQUESTS) != 0;
    }

    /**
     * Sets the size and the place of the stash.
     *
     * @param entries the number of concurrent calls
     * @param slots the number of slots, a power of two
     * @param ownSlots whether threads have slots of their own
     */
    void stash(int entries, int slots, boolean ownSlots) {
        INTS.setVolatile(memory, ControlLayout.STASH_ENTRIES, entries);
        INTS.setVolatile(memory, ControlLayout.SLOT_MASK, slots - 1);
        INTS.setVolatile(memory, ControlLayout.TASK_STORAGE, ownSlots ? 1 : 0);
    }

    /**
     * Returns the number of calls in the stash. A program that finds it full adds its call for a moment, so this is
     * capped.
     */
    int stashed() {
        return Math.min((int) INTS.getVolatile(memory, ControlLayout.STASHED), (int)
                INTS.getVolatile(memory, ControlLayout.STASH_ENTRIES));
    }

    /** Tells the programs the kernel's flag of a request that has polled its file; 0 when nobody knows it. */
    void polledFlag(int flag) {
        INTS.setVolatile(memory, ControlLayout.POLLED_FLAG, flag);
    }

    /** Tells the programs the kernel's flag of an open that has not run; 0 when nobody knows it. */
    void cleanupFlag(int flag) {
        INTS.setVolatile(memory, ControlLayout.CLEANUP_FLAG, flag);
    }

    /** Sets the limits of events per second of a user and of a cgroup. */
    void limits(RateLimits limits, int seed) {
        INTS.setVolatile(memory, ControlLayout.LIMIT_SEED, seed);
        INTS.setVolatile(memory, ControlLayout.USER_INTERVAL, limits.userIntervalNanos());
        INTS.setVolatile(memory, ControlLayout.CGROUP_INTERVAL, limits.cgroupIntervalNanos());
    }

    void switchTo(Mitigation mode) {
        INTS.setVolatile(memory, ControlLayout.MITIGATION, mode.code());
    }

    Mitigation mitigation() {
        return Mitigation.of((int) INTS.getVolatile(memory, ControlLayout.MITIGATION));
    }
}
