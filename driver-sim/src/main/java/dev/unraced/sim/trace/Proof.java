// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.PathProof;
import java.util.Arrays;

/**
 * Compares a claim with the object that the call acted on. MATCH is a proof that the claim names this very object: an
 * opened file sits exactly where the path says, without a link on the way; a socket's peer has the very address.
 */
final class Proof {
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    /** Family, port and address, of struct sockaddr_in. */
    private static final int INET_BYTES = 8;

    private static final int INET6_PORT_END = 4;
    private static final int INET6_ADDRESS = 8;
    private static final int INET6_ADDRESS_END = 24;

    private Proof() {}

    static Integrity ofPath(Draft draft, OpenFile file) {
        boolean isAbsolute = draft.length > 0 && draft.argument[0] == '/';
        long mount = isAbsolute ? draft.rootMount : draft.startMount;
        long dentry = isAbsolute ? draft.rootDentry : draft.startDentry;
        if (!PathProof.confirms(file, mount, dentry, draft.argument, draft.length)) {
            return Integrity.DIFFERS;
        }
        // What lies outside the caller's namespace, others may have arranged.
        boolean outside = draft.has(EventFlag.DETACHED) || draft.has(EventFlag.FOREIGN_MOUNT_NS);
        return outside ? Integrity.UNCHECKED : Integrity.MATCH;
    }

    static Integrity ofAddress(Draft draft) {
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
                                && same(draft, INET6_ADDRESS, INET6_ADDRESS_END);
                    default -> false;
                };
        return same ? Integrity.MATCH : Integrity.DIFFERS;
    }

    /** An abstract name is unique; one in the file tree can be given to another socket after it was bound. */
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
