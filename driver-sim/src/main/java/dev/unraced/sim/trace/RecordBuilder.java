// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.stash.ArgStash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The known facts of a call so far, of which {@link Emitter} makes a record. One builder is reused for every call;
 * between entry and return its bytes lie in the stash.
 */
final class RecordBuilder {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** The offset of a stashed record's argument; the object, if one is known, follows the argument. */
    private static final int ARGUMENT = 112;
    /** The size of a stashed object without the resolved path and the socket's names, in bytes. */
    private static final int OBJECT = 32;

    /** The size of a stashed record without the argument, the resolved path and the socket's names, in bytes. */
    static final int FIXED = ARGUMENT + OBJECT;
    /** The size of the largest stashed record, in bytes. */
    static final int LARGEST = FIXED + 2 * (RecordLayout.PATH_MAX + 1) + 2 * RecordLayout.ADDRESS_MAX;

    long enterNanos;
    Mitigation mitigation = Mitigation.OFF;
    int flags;

    /** The path or the address; it has one byte more than a record takes, so that a longer path shows. */
    final byte[] argument = new byte[RecordLayout.PATH_MAX + 1];

    int length;
    Provenance provenance = Provenance.NONE;
    Integrity integrity = Integrity.UNCHECKED;

    int dirfd;
    long openFlags;
    long mode;
    long resolve;
    long howSize;
    Provenance howProvenance = Provenance.NONE;
    Integrity howIntegrity = Integrity.UNCHECKED;
    /** The mount and dentry numbers of the start of an absolute path, as of the entry. */
    long rootMount;

    long rootDentry;
    /** The mount and dentry numbers of the start of a relative path; 0 when unknown. */
    long startMount;

    long startDentry;

    int addrlen;
    /** The address of the socket address in memory. */
    long pointer;
    /** The device that a socket was bound to before its connect; 0 for none. */
    int boundDevice;
    /** Tells whether the kernel looked at the address of a connect. */
    boolean isHeeded;
    /** The number of the mount namespace in which the path is looked up; 0 when unknown. */
    long namespace;

    /** Set once the object that the call acted on is known; the fields below describe it. */
    boolean hasObject;

    int deviceMajor;
    int deviceMinor;
    long inode;
    final byte[] resolved = new byte[RecordLayout.PATH_MAX + 1];
    int resolvedLength;
    int family;
    int type;
    int protocol;
    final byte[] local = new byte[RecordLayout.ADDRESS_MAX];
    int localLength;
    final byte[] remote = new byte[RecordLayout.ADDRESS_MAX];
    int remoteLength;

    void begin(Mitigation mode, long nanos) {
        enterNanos = nanos;
        mitigation = mode;
        flags = 0;
        length = 0;
        provenance = Provenance.NONE;
        integrity = Integrity.UNCHECKED;
        dirfd = 0;
        openFlags = 0;
        this.mode = 0;
        resolve = 0;
        howSize = 0;
        howProvenance = Provenance.NONE;
        howIntegrity = Integrity.UNCHECKED;
        rootMount = 0;
        rootDentry = 0;
        startMount = 0;
        startDentry = 0;
        addrlen = 0;
        pointer = 0;
        boundDevice = 0;
        isHeeded = false;
        namespace = 0;
        forgetObject();
    }

    void forgetObject() {
        hasObject = false;
        deviceMajor = 0;
        deviceMinor = 0;
        inode = 0;
        resolvedLength = 0;
        family = 0;
        type = 0;
        protocol = 0;
        localLength = -1;
        remoteLength = -1;
    }

    void flag(EventFlag flag) {
        flags |= flag.mask();
    }

    /**
     * Flags that the call's entry is missing, and why.
     *
     * @param reason a negative result of {@link ArgStash#take}
     */
    void flagMissedEntry(int reason) {
        flag(EventFlag.ENTER_MISSED);
        if (reason == ArgStash.REFUSED) {
            flag(EventFlag.STASH_FULL);
        } else if (reason == ArgStash.EVICTED) {
            flag(EventFlag.EVICTED);
        }
    }

    boolean has(EventFlag flag) {
        return (flags & flag.mask()) != 0;
    }

    boolean isPresent() {
        return provenance != Provenance.NONE;
    }

    /** Returns whether the argument equals these bytes, as far as the record keeps them. */
    boolean isArgument(byte[] bytes, int count) {
        return length == Math.min(count, argument.length) && Arrays.equals(argument, 0, length, bytes, 0, length);
    }

    void local(byte[] name) {
        localLength = copyName(name, local);
    }

    void remote(byte[] name) {
        remoteLength = copyName(name, remote);
    }

    private static int copyName(byte[] name, byte[] target) {
        int count = Math.min(name.length, target.length);
        System.arraycopy(name, 0, target, 0, count);
        return count;
    }

    /**
     * Writes the record in the format of the stash.
     *
     * @return the number of bytes written
     */
    int writeTo(byte[] stash) {
        int codes = mitigation.code() << 24
                | provenance.code() << 18
                | integrity.code() << 12
                | howProvenance.code() << 6
                | howIntegrity.code();
        LONGS.set(stash, 0, enterNanos);
        LONGS.set(stash, 8, pair(codes, flags));
        LONGS.set(stash, 16, openFlags);
        LONGS.set(stash, 24, mode);
        LONGS.set(stash, 32, resolve);
        LONGS.set(stash, 40, howSize);
        LONGS.set(stash, 48, rootMount);
        LONGS.set(stash, 56, rootDentry);
        LONGS.set(stash, 64, startMount);
        LONGS.set(stash, 72, startDentry);
        LONGS.set(stash, 80, pair(dirfd, addrlen));
        LONGS.set(stash, 88, pair(boundDevice << 2 | (isHeeded ? 2 : 0) | (hasObject ? 1 : 0), length));
        LONGS.set(stash, 96, namespace);
        LONGS.set(stash, 104, pointer);
        System.arraycopy(argument, 0, stash, ARGUMENT, length);
        int end = ARGUMENT + length;
        return hasObject ? writeObject(stash, end) : end;
    }

    private int writeObject(byte[] stash, int at) {
        LONGS.set(stash, at, pair(deviceMajor, deviceMinor));
        LONGS.set(stash, at + 8, inode);
        LONGS.set(stash, at + 16, pair(family << 16 | (type & 0xffff), protocol << 16 | (resolvedLength & 0xffff)));
        LONGS.set(stash, at + 24, pair(localLength, remoteLength));
        int end = at + OBJECT;
        System.arraycopy(resolved, 0, stash, end, resolvedLength);
        end += resolvedLength;
        int count = Math.max(0, localLength);
        System.arraycopy(local, 0, stash, end, count);
        end += count;
        count = Math.max(0, remoteLength);
        System.arraycopy(remote, 0, stash, end, count);
        return end + count;
    }

    /** Reads the bytes that {@link #writeTo} wrote. */
    void readFrom(byte[] stash) {
        enterNanos = (long) LONGS.get(stash, 0);
        long codesAndFlags = (long) LONGS.get(stash, 8);
        int codes = first(codesAndFlags);
        mitigation = Mitigation.of(codes >>> 24);
        provenance = Provenance.of(codes >>> 18 & 0x3f);
        integrity = Integrity.of(codes >>> 12 & 0x3f);
        howProvenance = Provenance.of(codes >>> 6 & 0x3f);
        howIntegrity = Integrity.of(codes & 0x3f);
        flags = second(codesAndFlags);
        openFlags = (long) LONGS.get(stash, 16);
        mode = (long) LONGS.get(stash, 24);
        resolve = (long) LONGS.get(stash, 32);
        howSize = (long) LONGS.get(stash, 40);
        rootMount = (long) LONGS.get(stash, 48);
        rootDentry = (long) LONGS.get(stash, 56);
        startMount = (long) LONGS.get(stash, 64);
        startDentry = (long) LONGS.get(stash, 72);
        long numbers = (long) LONGS.get(stash, 80);
        dirfd = first(numbers);
        addrlen = second(numbers);
        long sizes = (long) LONGS.get(stash, 88);
        hasObject = (first(sizes) & 1) != 0;
        isHeeded = (first(sizes) & 2) != 0;
        boundDevice = first(sizes) >>> 2;
        namespace = (long) LONGS.get(stash, 96);
        pointer = (long) LONGS.get(stash, 104);
        length = second(sizes);
        System.arraycopy(stash, ARGUMENT, argument, 0, length);
        if (hasObject) {
            readObject(stash, ARGUMENT + length);
        } else {
            forgetObject();
        }
    }

    private void readObject(byte[] stash, int at) {
        long device = (long) LONGS.get(stash, at);
        deviceMajor = first(device);
        deviceMinor = second(device);
        inode = (long) LONGS.get(stash, at + 8);
        long kinds = (long) LONGS.get(stash, at + 16);
        family = first(kinds) >> 16;
        type = (short) first(kinds);
        protocol = second(kinds) >> 16;
        resolvedLength = (short) second(kinds);
        long names = (long) LONGS.get(stash, at + 24);
        localLength = first(names);
        remoteLength = second(names);
        int from = at + OBJECT;
        System.arraycopy(stash, from, resolved, 0, resolvedLength);
        from += resolvedLength;
        int count = Math.max(0, localLength);
        System.arraycopy(stash, from, local, 0, count);
        from += count;
        System.arraycopy(stash, from, remote, 0, Math.max(0, remoteLength));
    }

    private static long pair(int first, int second) {
        return (first & 0xffff_ffffL) | (long) second << Integer.SIZE;
    }

    private static int first(long pair) {
        return (int) pair;
    }

    private static int second(long pair) {
        return (int) (pair >>> Integer.SIZE);
    }
}
