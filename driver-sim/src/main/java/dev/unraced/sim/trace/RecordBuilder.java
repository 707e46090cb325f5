// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.stash.ArgStash;
import dev.unraced.stash.EntryFields;
import java.util.Arrays;

/**
 * The known facts of a call so far, of which {@link Emitter} makes a record. One builder is reused for every call;
 * between entry and return its bytes lie in the stash.
 */
final class RecordBuilder {
    /** The size of a stashed record without the argument and the object, in bytes. */
    private static final int FIXED = 113;
    /** The size of a stashed object without the resolved path and the socket's names, in bytes. */
    private static final int OBJECT = 32;
    /** The size of the largest stashed record, in bytes. */
    static final int LARGEST = FIXED + OBJECT + 2 * (RecordLayout.PATH_MAX + 1) + 2 * RecordLayout.ADDRESS_MAX;

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
        clearObject();
    }

    void clearObject() {
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

    void flag(EventFlag flag, boolean isSet) {
        flags |= isSet ? flag.mask() : 0;
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

    /** Writes the record into an entry of the stash, or reads it there. */
    void pass(EntryFields fields) {
        enterNanos = fields.pass(enterNanos);
        mitigation = Mitigation.of(fields.passByte(mitigation.code()));
        flags = fields.pass(flags);
        openFlags = fields.pass(openFlags);
        mode = fields.pass(mode);
        resolve = fields.pass(resolve);
        howSize = fields.pass(howSize);
        howProvenance = Provenance.of(fields.passByte(howProvenance.code()));
        howIntegrity = Integrity.of(fields.passByte(howIntegrity.code()));
        rootMount = fields.pass(rootMount);
        rootDentry = fields.pass(rootDentry);
        startMount = fields.pass(startMount);
        startDentry = fields.pass(startDentry);
        dirfd = fields.pass(dirfd);
        addrlen = fields.pass(addrlen);
        pointer = fields.pass(pointer);
        boundDevice = fields.pass(boundDevice);
        isHeeded = fields.pass(isHeeded);
        namespace = fields.pass(namespace);
        provenance = Provenance.of(fields.passByte(provenance.code()));
        integrity = Integrity.of(fields.passByte(integrity.code()));
        length = fields.passShort(length);
        fields.pass(argument, length);
        hasObject = fields.pass(hasObject);
        if (hasObject) {
            passObject(fields);
        } else {
            clearObject();
        }
    }

    private void passObject(EntryFields fields) {
        deviceMajor = fields.pass(deviceMajor);
        deviceMinor = fields.pass(deviceMinor);
        inode = fields.pass(inode);
        family = fields.passShort(family);
        type = fields.passShort(type);
        protocol = fields.passShort(protocol);
        resolvedLength = fields.passShort(resolvedLength);
        localLength = fields.pass(localLength);
        remoteLength = fields.pass(remoteLength);
        fields.pass(resolved, resolvedLength);
        fields.pass(local, Math.max(0, localLength));
        fields.pass(remote, Math.max(0, remoteLength));
    }
}
