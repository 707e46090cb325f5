// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.PathProof;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Compares a claim with the object that the call acted on. MATCH proves that the claim names this very object. An
 * opened file sits exactly where the path says, without a link on the way; a socket's peer has the claimed address.
 */
final class Proof {
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    /** The end of family, port and address of struct sockaddr_in. */
    private static final int INET_BYTES = 8;

    private static final int INET6_PORT_END = 4;
    private static final int INET6_ADDRESS = 8;
    private static final int INET6_ADDRESS_END = 24;
    /** The size of struct sockaddr_in6 with its scope. */
    private static final int INET6_BYTES = 28;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Proof() {}

    static Integrity ofPath(Draft draft, OpenFile file, int scans) {
        boolean isAbsolute = draft.length > 0 && draft.argument[0] == '/';
        long mount = isAbsolute ? draft.rootMount : draft.startMount;
        long dentry = isAbsolute ? draft.rootDentry : draft.startDentry;
        PathProof.Result result = PathProof.examine(file, mount, dentry, draft.argument, draft.length, scans);
        if (result == PathProof.Result.REFUTED) {
            return Integrity.DIFFERS;
        }
        // Other processes may have arranged the names outside the caller's namespace.
        boolean outside = draft.has(EventFlag.DETACHED) || draft.has(EventFlag.FOREIGN_MOUNT_NS);
        return outside || result == PathProof.Result.UNKNOWN ? Integrity.UNCHECKED : Integrity.MATCH;
    }

    static Integrity ofAddress(Draft draft, boolean withScope) {
        if (draft.remoteLength < Short.BYTES || draft.length < Short.BYTES || draft.argument[1] != 0) {
            return Integrity.UNCHECKED;
        }
        int family = draft.argument[0];
        if (family == AF_UNIX && draft.family == AF_UNIX) {
            return ofName(draft);
        }
        boolean same = draft.remote[0] == family
                && switch (family) {
                    case AF_INET -> draft.length >= INET_BYTES && same(draft, 2, INET_BYTES);
                    case AF_INET6 ->
                        draft.length >= INET6_ADDRESS_END
                                && same(draft, 2, INET6_PORT_END)
                                && same(draft, INET6_ADDRESS, INET6_ADDRESS_END)
                                && (!withScope || isScopeRight(draft));
                    default -> false;
                };
        return same ? Integrity.MATCH : Integrity.DIFFERS;
    }

    /** Returns whether the peer is reached through the claimed device, if its address needs a scope. */
    private static boolean isScopeRight(Draft draft) {
        if (!needsScope(draft.argument[INET6_ADDRESS] & 0xff, draft.argument[INET6_ADDRESS + 1] & 0xff)) {
            return true;
        }
        int claimed = draft.length >= INET6_BYTES ? (int) INTS.get(draft.argument, INET6_ADDRESS_END) : 0;
        int used = draft.remoteLength >= INET6_BYTES ? (int) INTS.get(draft.remote, INET6_ADDRESS_END) : 0;
        return (claimed == 0 ? draft.boundDevice : claimed) == used;
    }

    /** {@code __ipv6_addr_needs_scope_id}: fe80::/10, and multicast of the interface or the link. */
    private static boolean needsScope(int first, int second) {
        int scope = second & 0xf;
        return (first == 0xfe && second >>> 6 == 2) || (first == 0xff && (scope == 1 || scope == 2));
    }

    /** An abstract name is unique; a name in the file tree can be given to another socket after the bind. */
    private static Integrity ofName(Draft draft) {
        boolean isAbstract = draft.length > Short.BYTES && draft.argument[2] == 0;
        if (isAbstract) {
            return draft.length == draft.remoteLength && same(draft, 2, draft.length)
                    ? Integrity.MATCH
                    : Integrity.DIFFERS;
        }
        int claimed = nameEnd(draft.argument, draft.length);
        return claimed == nameEnd(draft.remote, draft.remoteLength) && same(draft, 2, claimed)
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

    private static boolean same(Draft draft, int from, int to) {
        return Arrays.equals(draft.argument, from, to, draft.remote, from, to);
    }
}
