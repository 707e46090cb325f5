// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory by name. It looks a name up within a path and allocates nothing for that. The table uses
 * open addressing with linear probing, and is at most half full.
 */
final class Names {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    private byte @Nullable [][] names = new byte @Nullable [4][];
    private @Nullable Dentry[] entries = new @Nullable Dentry[4];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /** Returns the entry named by the bytes {@code from} to {@code to} of a path, or null. */
    @Nullable
    Dentry get(byte[] path, int from, int to) {
        return entries[place(path, from, to)];
    }

    @Nullable
    Dentry get(ByteString name) {
        return get(name.toByteArray(), 0, name.length());
    }

    /** Adds an entry, or replaces the entry of the same name. */
    void put(ByteString name, Dentry entry) {
        put(name.toByteArray(), entry);
        if (2 * size > names.length) {
            rehash(2 * names.length);
        }
    }

    void remove(ByteString name) {
        int at = place(name.toByteArray(), 0, name.length());
        if (names[at] != null) {
            names[at] = null;
            // The gap would end probes for the names behind it, so the table is built anew.
            rehash(names.length);
        }
    }

    private void put(byte[] name, Dentry entry) {
        int at = place(name, 0, name.length);
        size += names[at] == null ? 1 : 0;
        names[at] = name;
        entries[at] = entry;
    }

    private void rehash(int length) {
        byte[][] oldNames = names;
        Dentry[] oldEntries = entries;
        names = new byte @Nullable [length][];
        entries = new @Nullable Dentry[length];
        size = 0;
        for (int at = 0; at < oldNames.length; at++) {
            byte[] name = oldNames[at];
            Dentry entry = oldEntries[at];
            if (name != null && entry != null) {
                put(name, entry);
            }
        }
    }

    /** Returns the index at which a name is, or would be. */
    private int place(byte[] path, int from, int to) {
        int mask = names.length - 1;
        int at = hash(path, from, to) & mask;
        for (byte[] name = names[at]; name != null; name = names[at]) {
            if (Arrays.equals(name, 0, name.length, path, from, to)) {
                return at;
            }
            at = (at + 1) & mask;
        }
        return at;
    }

    private static int hash(byte[] path, int from, int to) {
        long hash = (long) to - from;
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(path, at));
        }
        if (at < to) {
            hash = mix(hash ^ lastWord(path, at, to));
        }
        return (int) hash;
    }

    /** Returns fewer than eight bytes as one word, padded with zeros. */
    private static long lastWord(byte[] path, int from, int to) {
        int behind = Byte.SIZE * (Long.BYTES - (to - from));
        if (to >= Long.BYTES) {
            return (long) LONGS.get(path, to - Long.BYTES) >>> behind;
        }
        long word = 0;
        for (int at = to - 1; at >= from; at--) {
            word = word << Byte.SIZE | (path[at] & 0xff);
        }
        return word;
    }

    private static long mix(long word) {
        long product = word * MULTIPLIER;
        return product ^ (product >>> Integer.SIZE);
    }
}
