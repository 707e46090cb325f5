// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What is known of a call so far: an event in the making. Reused for every call; between entry and return its bytes lie
 * in the stash.
 */
final class Draft {
    /** Bytes of a stashed draft besides those of the argument, the resolved path and the socket's names. */
    static final int FIXED = 128;
    /** Bytes of the largest one. */
    static final int LARGEST = FIXED + 2 * (RecordLayout.PATH_MAX + 1) + 2 * RecordLayout.ADDRESS_MAX;

    long enterNanos;
    Mitigation mitigation = Mitigation.OFF;
    int flags;

    /** The path or the address; one byte more than a record takes, so that a longer one shows. */
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
    /** Where a path starts that is absolute, by number; as of the entry. */
    long rootMount;

    long rootDentry;
    /** Where a relative path starts; 0 when that is not known. */
    long startMount;

    long startDentry;

    int addrlen;

    /** What the call acted on, once that is known. */
    boolean hasTruth;

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
        forgetTruth();
    }

    void forgetTruth() {
        hasTruth = false;
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

    boolean has(EventFlag flag) {
        return (flags & flag.mask()) != 0;
    }

    boolean isPresent() {
        return provenance != Provenance.NONE;
    }

    /** Whether the argument is these bytes, as far as the draft keeps them. */
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

    void writeTo(ByteBuffer stash) {
        stash.putLong(enterNanos)
                .putInt(mitigation.code() << 24
                        | provenance.code() << 18
                        | integrity.code() << 12
                        | howProvenance.code() << 6
                        | howIntegrity.code())
                .putInt(flags)
                .putInt(dirfd)
                .putLong(openFlags)
                .putLong(mode)
                .putLong(resolve)
                .putLong(howSize)
                .putLong(rootMount)
                .putLong(rootDentry)
                .putLong(startMount)
                .putLong(startDentry)
                .putInt(addrlen)
                .putInt(length)
                .put(argument, 0, length)
                .put((byte) (hasTruth ? 1 : 0));
        if (hasTruth) {
            writeTruth(stash);
        }
    }

    private void writeTruth(ByteBuffer stash) {
        stash.putInt(deviceMajor)
                .putInt(deviceMinor)
                .putLong(inode)
                .putShort((short) family)
                .putShort((short) type)
                .putShort((short) protocol)
                .putShort((short) resolvedLength)
                .put(resolved, 0, resolvedLength)
                .putShort((short) localLength)
                .put(local, 0, Math.max(0, localLength))
                .putShort((short) remoteLength)
                .put(remote, 0, Math.max(0, remoteLength));
    }

    void readFrom(ByteBuffer stash) {
        enterNanos = stash.getLong();
        int codes = stash.getInt();
        mitigation = Mitigation.of(codes >>> 24);
        provenance = Provenance.of(codes >>> 18 & 0x3f);
        integrity = Integrity.of(codes >>> 12 & 0x3f);
        howProvenance = Provenance.of(codes >>> 6 & 0x3f);
        howIntegrity = Integrity.of(codes & 0x3f);
        flags = stash.getInt();
        dirfd = stash.getInt();
        openFlags = stash.getLong();
        mode = stash.getLong();
        resolve = stash.getLong();
        howSize = stash.getLong();
        rootMount = stash.getLong();
        rootDentry = stash.getLong();
        startMount = stash.getLong();
        startDentry = stash.getLong();
        addrlen = stash.getInt();
        length = stash.getInt();
        stash.get(argument, 0, length);
        forgetTruth();
        hasTruth = stash.get() != 0;
        if (hasTruth) {
            readTruth(stash);
        }
    }

    private void readTruth(ByteBuffer stash) {
        deviceMajor = stash.getInt();
        deviceMinor = stash.getInt();
        inode = stash.getLong();
        family = stash.getShort();
        type = stash.getShort();
        protocol = stash.getShort();
        resolvedLength = stash.getShort();
        stash.get(resolved, 0, resolvedLength);
        localLength = stash.getShort();
        stash.get(local, 0, Math.max(0, localLength));
        remoteLength = stash.getShort();
        stash.get(remote, 0, Math.max(0, remoteLength));
    }
}
