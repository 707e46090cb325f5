// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNIX;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.PathProof;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Compares the requested path or address with the object that the call acted on. MATCH proves that it names this very
 * object. An opened file sits exactly where the path says, without a link on the way; a socket's peer has the requested
 * address.
 */
final class Proof {
    /** The end of family, port and address of struct sockaddr_in. */
    private static final int INET_BYTES = 8;

    private static final int INET6_PORT_END = 4;
    private static final int INET6_ADDRESS = 8;
    private static final int INET6_ADDRESS_END = 24;
    /** The size of struct sockaddr_in6 with its scope. */
    private static final int INET6_BYTES = 28;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Proof() {}

    /** Judges a path: one that leads through a link differs (R2.37), and one that names the file matches (R2.36). */
    static Integrity ofPath(Syscall syscall, RecordBuilder record, OpenFile file, int scans) {
        boolean isAbsolute = record.length > 0 && record.argument[0] == '/';
        if (isAbsolute && isRootUnknown(syscall, record)) {
            return Integrity.UNCHECKED;
        }
        long mount = isAbsolute ? record.rootMount : record.startMount;
        long dentry = isAbsolute ? record.rootDentry : record.startDentry;
        PathProof.Result result = PathProof.examine(file, mount, dentry, record.argument, record.length, scans);
        if (result == PathProof.Result.REFUTED) {
            return Integrity.DIFFERS;
        }
        // Other processes may have arranged the names outside the caller's namespace.
        boolean outside = record.has(EventFlag.DETACHED) || record.has(EventFlag.FOREIGN_MOUNT_NS);
        return outside || result == PathProof.Result.UNKNOWN ? Integrity.UNCHECKED : Integrity.MATCH;
    }

    /** Returns whether openat2 may have taken another directory for the root, as the kernel's copy alone tells. */
    private static boolean isRootUnknown(Syscall syscall, RecordBuilder record) {
        return syscall == Syscall.OPENAT2
                && (record.howProvenance != Provenance.KERNEL || (record.resolve & OpenFlags.RESOLVE_IN_ROOT) != 0);
    }

    /** Judges an address by that of the peer (R2.16, R2.44). */
    static Integrity ofAddress(RecordBuilder record, boolean withScope) {
        if (record.remoteLength < Short.BYTES || record.length < Short.BYTES) {
            return Integrity.UNCHECKED;
        }
        // No family has a number above 255.
        int family = record.argument[1] == 0 ? record.argument[0] : -1;
        if (family == AF_UNIX && record.family == AF_UNIX) {
            return ofName(record);
        }
        boolean same = record.remote[0] == family
                && switch (family) {
                    case AF_INET -> record.length >= INET_BYTES && same(record, 2, INET_BYTES);
                    case AF_INET6 ->
                        record.length >= INET6_ADDRESS_END
                                && same(record, 2, INET6_PORT_END)
                                && same(record, INET6_ADDRESS, INET6_ADDRESS_END)
                                && (!withScope || isScopeRight(record));
                    default -> false;
                };
        return same ? Integrity.MATCH : Integrity.DIFFERS;
    }

    /** Returns whether the peer is reached through the requested device, if its address needs a scope. */
    private static boolean isScopeRight(RecordBuilder record) {
        if (!needsScope(record.argument[INET6_ADDRESS] & 0xff, record.argument[INET6_ADDRESS + 1] & 0xff)) {
            return true;
        }
        int requested = record.length >= INET6_BYTES ? (int) INTS.get(record.argument, INET6_ADDRESS_END) : 0;
        int used = record.remoteLength >= INET6_BYTES ? (int) INTS.get(record.remote, INET6_ADDRESS_END) : 0;
        return (requested == 0 ? record.boundDevice : requested) == used;
    }

    /** {@code __ipv6_addr_needs_scope_id}: fe80::/10, and multicast of the interface or the link. */
    private static boolean needsScope(int first, int second) {
        int scope = second & 0xf;
        return (first == 0xfe && second >>> 6 == 2) || (first == 0xff && (scope == 1 || scope == 2));
    }

    /** An abstract name is unique; a name in the file tree can be given to another socket after the bind. */
    private static Integrity ofName(RecordBuilder record) {
        boolean isAbstract = record.length > Short.BYTES && record.argument[2] == 0;
        if (isAbstract) {
            return record.length == record.remoteLength && same(record, 2, record.length)
                    ? Integrity.MATCH
                    : Integrity.DIFFERS;
        }
        int requested = nameEnd(record.argument, record.length);
        return requested == nameEnd(record.remote, record.remoteLength) && same(record, 2, requested)
                ? Integrity.UNCHECKED
                : Integrity.DIFFERS;
    }

    private static int nameEnd(byte[] address, int length) {
        int end = Short.BYTES;
        while (end < length && address[end] != 0) {
            end++;
        }
        return end;
    }

    private static boolean same(RecordBuilder record, int from, int to) {
        return Arrays.equals(record.argument, from, to, record.remote, from, to);
    }
}
