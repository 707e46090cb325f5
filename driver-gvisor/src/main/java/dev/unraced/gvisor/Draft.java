// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An event in the making: the known part of a call. While the call runs, its bytes lie in the stash. */
final class Draft {
    /** The bytes of a draft in the stash, besides its argument. */
    private static final int FIXED = 64;
    /** The bytes of the longest draft in the stash. */
    static final int LARGEST = FIXED + RecordLayout.PATH_MAX;

    /** The caller. */
    Connection connection = Connection.NONE;

    int tid;
    int tgid;
    long startNanos;
    /** The start of the process, CLOCK_BOOTTIME, and how many programs it has executed; 0 where that is not known. */
    long processStartNanos;

    int execId;
    int container;
    int uid;
    int gid;
    final byte[] comm = new byte[RecordLayout.COMM_SIZE];
    int commLength;

    /** The call. */
    Syscall syscall = Syscall.OPENAT;

    Mitigation mitigation = Mitigation.STASH;
    long enterNanos;
    long exitNanos;
    long result;
    int flags;
    /** The pointer to the argument; only raw points have it, and the next two fields. */
    long pointer;

    boolean hasPointer;
    int addrlen;
    int fd;
    long openFlags;
    long mode;

    /** Set if the payload point at entry came, even without an argument. */
    boolean hasPayload;

    final byte[] argument = new byte[RecordLayout.PATH_MAX + 1];
    int length;
    Provenance provenance = Provenance.NONE;
    Integrity integrity = Integrity.UNCHECKED;

    /** Set if the call's descriptor is about to be closed. */
    boolean closing;

    /** The path of the opened file; its length is negative until it is known. */
    final byte[] resolved = new byte[RecordLayout.PATH_MAX];

    int resolvedLength = -1;

    /** Empties the draft for another call. */
    void clear() {
        tid = 0;
        tgid = 0;
        startNanos = 0;
        processStartNanos = 0;
        execId = 0;
        container = 0;
        uid = 0;
        gid = 0;
        commLength = 0;
        enterNanos = 0;
        exitNanos = 0;
        result = 0;
        flags = 0;
        pointer = 0;
        hasPointer = false;
        addrlen = 0;
        fd = 0;
        openFlags = 0;
        mode = 0;
        hasPayload = false;
        length = 0;
        provenance = Provenance.NONE;
        integrity = Integrity.UNCHECKED;
        closing = false;
        resolvedLength = -1;
    }

    boolean isOpenLike() {
        return syscall.isOpenLike();
    }

    /** Returns whether this is an open that returned a descriptor. */
    boolean hasOpened() {
        return isOpenLike() && result >= 0 && result <= Integer.MAX_VALUE;
    }

    void argument(byte[] source, int at, int count, Provenance where) {
        length = Math.min(count, argument.length);
        System.arraycopy(source, at, argument, 0, length);
        provenance = where;
    }

    void resolve(byte[] source, int at, int count) {
        resolvedLength = count;
        System.arraycopy(source, at, resolved, 0, count);
    }

    /** Writes what is known at entry for the stash. */
    void writeTo(ByteBuffer stash) {
        stash.clear();
        stash.order(ByteOrder.LITTLE_ENDIAN)
                .putLong(enterNanos)
                .putLong(pointer)
                .putLong(openFlags)
                .putLong(mode)
                .putInt(fd)
                .putInt(addrlen)
                .putInt(flags)
                .put((byte) mitigation.code())
                .put((byte) provenance.code())
                .put((byte) (hasPayload ? 1 : 0))
                .put((byte) (hasPointer ? 1 : 0))
                .position(FIXED)
                .put(argument, 0, Math.min(length, RecordLayout.PATH_MAX))
                .flip();
    }

    /** Reads what {@link #writeTo} wrote. */
    void readFrom(ByteBuffer stash) {
        stash.order(ByteOrder.LITTLE_ENDIAN);
        enterNanos = stash.getLong();
        pointer = stash.getLong();
        openFlags = stash.getLong();
        mode = stash.getLong();
        fd = stash.getInt();
        addrlen = stash.getInt();
        flags = stash.getInt();
        mitigation = Mitigation.of(stash.get());
        provenance = Provenance.of(stash.get());
        hasPayload = stash.get() != 0;
        hasPointer = stash.get() != 0;
        stash.position(FIXED);
        length = stash.remaining();
        stash.get(argument, 0, length);
    }
}
