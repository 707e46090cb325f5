// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a process, which its threads share and may overwrite at any step. The kernel's own copy brings absent
 * pages into memory; a tracer's careful read fails on an absent page.
 *
 * <p>Addresses stay below 4 GiB, so that 32-bit calls reach everything.
 */
public final class AddressSpace {
    /** The size of a page in bytes. */
    public static final int PAGE = 4096;

    private static final long LOWEST = 0x10000;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** The lowest bit of each byte. */
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;

    private static final long HIGH_BITS = LOW_BITS << 7;

    private final List<Mapping> mappings = new ArrayList<>();
    private @Nullable Mapping last;
    private long top = LOWEST;

    /**
     * Places bytes in ordinary memory, followed by zeros up to the end of the page. At least one zero follows.
     *
     * @return the address
     */
    public long place(byte[] bytes) {
        Mapping mapping = map(pages(bytes.length + 1), false);
        System.arraycopy(bytes, 0, mapping.bytes, 0, bytes.length);
        return mapping.start;
    }

    /** Reserves zeroed memory and returns its address. */
    public long reserve(int size) {
        return map(pages(size), false).start;
    }

    /** Places bytes right before an unmapped page and returns their address. */
    public long placeAtEdge(byte[] bytes) {
        Mapping mapping = map(pages(bytes.length), false);
        int from = mapping.bytes.length - bytes.length;
        System.arraycopy(bytes, 0, mapping.bytes, from, bytes.length);
        return mapping.start + from;
    }

    /**
     * Places bytes in pages that are not in memory: the kernel's copy fetches them, a careful read fails.
     *
     * @param resident how many of the first bytes lie in a page that is in memory
     */
    public long placeCold(byte[] bytes, int resident) {
        int warm = resident > 0 ? pages(resident) : 0;
        Mapping mapping = map(warm + pages(bytes.length - resident + 1), true);
        mapping.absent.clear(0, warm / PAGE);
        int from = warm - resident;
        System.arraycopy(bytes, 0, mapping.bytes, from, bytes.length);
        return mapping.start + from;
    }

    /** Removes a mapping; a later access to it faults. */
    public void unmap(long address) {
        Mapping mapping = find(address);
        if (mapping != null) {
            mappings.remove(mapping);
            last = null;
        }
    }

    /**
     * Writes bytes as a thread of the process does.
     *
     * @throws IllegalArgumentException when the memory is not mapped: a simulated program has no fault handler
     */
    public void write(long address, byte[] bytes) {
        Mapping mapping = find(address, bytes.length, true);
        if (mapping == null) {
            throw new IllegalArgumentException(
                    "no " + bytes.length + " bytes of memory at 0x" + Long.toHexString(address));
        }
        System.arraycopy(bytes, 0, mapping.bytes, mapping.index(address), bytes.length);
    }

    /** Returns whether a careful read of this byte would succeed. */
    public boolean isResident(long address) {
        return find(address, 1, false) != null;
    }

    /** Copies bytes without faulting; returns false when any of them is not in memory. */
    public boolean copyCarefully(long address, byte[] target, int length) {
        return copy(address, target, length, false);
    }

    /** Copies bytes as the kernel does; returns false (EFAULT) when any of them is not mapped. */
    public boolean copyFromUser(long address, byte[] target, int length) {
        return copy(address, target, length, true);
    }

    /**
     * Copies a string without its NUL and without faulting.
     *
     * @return its length; {@code limit} when the first {@code limit} bytes have no NUL; -1 when the string runs into
     *     memory that is not there
     */
    public int stringCarefully(long address, byte[] target, int limit) {
        return string(address, target, limit, false);
    }

    /** Copies a string as {@link #stringCarefully} does, but fetches pages, as strncpy_from_user does. */
    public int stringFromUser(long address, byte[] target, int limit) {
        return string(address, target, limit, true);
    }

    /** Returns whether a careful copy would succeed and yield other bytes than the first {@code length} of an array. */
    public boolean differsCarefully(long address, byte[] expected, int length) {
        Mapping mapping = length == 0 ? null : find(address, length, false);
        if (mapping == null) {
            return false;
        }
        int from = mapping.index(address);
        return !Arrays.equals(mapping.bytes, from, from + length, expected, 0, length);
    }

    /**
     * Returns whether {@link #stringCarefully} would succeed and yield another string than the first {@code length}
     * bytes of an array, which an earlier read with the same limit yielded.
     */
    public boolean stringDiffersCarefully(long address, byte[] expected, int length, int limit) {
        Mapping mapping = find(address);
        if (mapping == null) {
            return false;
        }
        int from = mapping.index(address);
        byte[] bytes = mapping.bytes;
        int end = Math.min(bytes.length, from + limit);
        int last = from + length;
        boolean isSame = last <= end
                && Arrays.equals(bytes, from, last, expected, 0, length)
                && (length == limit || (last < end && bytes[last] == 0));
        if (isSame) {
            return false;
        }
        int at = indexOfNul(bytes, from, end);
        boolean isThere = mapping.isPresent(from, Math.min(at + 1, end) - from);
        return isThere && (at < bytes.length || at - from == limit);
    }

    private boolean copy(long address, byte[] target, int length, boolean fetching) {
        if (length == 0) {
            return true;
        }
        Mapping mapping = find(address, length, fetching);
        if (mapping != null) {
            System.arraycopy(mapping.bytes, mapping.index(address), target, 0, length);
        }
        return mapping != null;
    }

    private int string(long address, byte[] target, int limit, boolean fetching) {
        Mapping mapping = find(address);
        if (mapping == null) {
            return -1;
        }
        int from = mapping.index(address);
        byte[] bytes = mapping.bytes;
        int end = Math.min(bytes.length, from + limit);
        int at = indexOfNul(bytes, from, end);
        if (!mapping.canRead(from, Math.min(at + 1, end) - from, fetching)) {
            return -1;
        }
        if (at == bytes.length && at - from < limit) {
            return -1;
        }
        System.arraycopy(bytes, from, target, 0, at - from);
        return at - from;
    }

    /** Returns the index of the first NUL, or {@code end}; it examines eight bytes at a time. */
    private static int indexOfNul(byte[] bytes, int from, int end) {
        int at = from;
        while (at <= end - Long.BYTES) {
            long word = (long) LONGS.get(bytes, at);
            // The lowest bit set is in the first byte that is 0.
            long nuls = (word - LOW_BITS) & ~word & HIGH_BITS;
            if (nuls != 0) {
                return at + Long.numberOfTrailingZeros(nuls) / Byte.SIZE;
            }
            at += Long.BYTES;
        }
        while (at < end && bytes[at] != 0) {
            at++;
        }
        return at;
    }

    private Mapping map(int size, boolean cold) {
        Mapping mapping = new Mapping(top, new byte[size], cold);
        // An unmapped page lies between any two mappings.
        top += size + PAGE;
        mappings.add(mapping);
        last = mapping;
        return mapping;
    }

    /**
     * Returns the mapping that holds some bytes; null when any of them is not mapped.
     *
     * @param fetching whether pages that are not in memory are fetched; otherwise the answer is null for them too
     */
    private @Nullable Mapping find(long address, int length, boolean fetching) {
        Mapping mapping = find(address);
        if (mapping == null) {
            return null;
        }
        int from = mapping.index(address);
        boolean isThere = length <= mapping.bytes.length - from && mapping.canRead(from, length, fetching);
        return isThere ? mapping : null;
    }

    private @Nullable Mapping find(long address) {
        Mapping mapping = last;
        if (mapping != null && mapping.holds(address)) {
            return mapping;
        }
        for (int i = mappings.size() - 1; i >= 0; i--) {
            mapping = mappings.get(i);
            if (mapping.holds(address)) {
                last = mapping;
                return mapping;
            }
        }
        return null;
    }

    private static int pages(int size) {
        return Math.max(1, (size + PAGE - 1) / PAGE) * PAGE;
    }

    private static final class Mapping {
        final long start;
        final byte[] bytes;
        /** The pages that are not in memory. */
        final BitSet absent = new BitSet(0);

        Mapping(long start, byte[] bytes, boolean cold) {
            this.start = start;
            this.bytes = bytes;
            if (cold) {
                absent.set(0, bytes.length / PAGE);
            }
        }

        boolean holds(long address) {
            return address >= start && address < start + bytes.length;
        }

        int index(long address) {
            return (int) (address - start);
        }

        /** Fetches bytes, or returns whether they are in memory. */
        boolean canRead(int from, int length, boolean fetching) {
            if (fetching && length > 0) {
                absent.clear(from / PAGE, (from + length - 1) / PAGE + 1);
            }
            return fetching || isPresent(from, length);
        }

        boolean isPresent(int from, int length) {
            int firstAbsent = absent.nextSetBit(from / PAGE);
            return firstAbsent < 0 || firstAbsent > (from + length - 1) / PAGE;
        }
    }
}
