// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.stash.EntryFields;

/**
 * Holds what frames have told of a call so far, of which {@link Publisher} writes a record. A later frame can still
 * bring the file's path, or change what is known of the argument, so the record is encoded at the end. While the call
 * runs, what its entry told lies in the stash.
 */
final class RecordBuilder {
    /** The bytes of a record in the stash, besides its argument. */
    private static final int FIXED = 50;
    /** The bytes of the longest record in the stash. */
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

    /** Empties the record for another call. */
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

    /** Takes the path, of up to 4,095 bytes (R10.1), or the address, whatever family it names (R2.25, R2.26). */
    void argument(byte[] source, int at, int count, Provenance where) {
        length = Math.min(count, argument.length);
        System.arraycopy(source, at, argument, 0, length);
        provenance = where;
    }

    void resolve(byte[] source, int at, int count) {
        resolvedLength = count;
        System.arraycopy(source, at, resolved, 0, count);
    }

    /** Writes what is known at entry into an entry of the stash, or reads it there. */
    void pass(EntryFields fields) {
        enterNanos = fields.pass(enterNanos);
        pointer = fields.pass(pointer);
        openFlags = fields.pass(openFlags);
        mode = fields.pass(mode);
        fd = fields.pass(fd);
        addrlen = fields.pass(addrlen);
        flags = fields.pass(flags);
        mitigation = Mitigation.of(fields.passByte(mitigation.code()));
        provenance = Provenance.of(fields.passByte(provenance.code()));
        hasPayload = fields.pass(hasPayload);
        hasPointer = fields.pass(hasPointer);
        length = fields.passShort(Math.min(length, RecordLayout.PATH_MAX));
        fields.pass(argument, length);
    }
}
