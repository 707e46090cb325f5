// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel really took and did, as the attacker knows it from its own descriptors.
 *
 * @param argument the bytes, or the how, that it acted on
 * @param provable whether the object that it reached lies where the argument says, so that a match may be claimed
 * @param file the file that it opened, or null when it opened none
 * @param place the path of that file; null where it has none or nobody asked
 * @param peer the peer that it connected to, or null
 */
record Taken(
        Object argument,
        boolean provable,
        @Nullable FileId file,
        @Nullable ByteString place,
        @Nullable ByteString peer) {

    /** What fstat says of a file. */
    record FileId(int major, int minor, long inode) {
        static FileId of(Reply reply) {
            return new FileId(reply.integer("major"), reply.integer("minor"), reply.number("inode"));
        }
    }

    /** Nothing was reached. */
    static Taken nothing(Object argument) {
        return new Taken(argument, false, null, null, null);
    }

    /** A file that lies exactly where the argument says. */
    static Taken file(ByteString path, FileId file) {
        return new Taken(path, true, file, path, null);
    }

    /** A file, with where it lies. */
    static Taken file(Object argument, FileId file, @Nullable ByteString place, boolean provable) {
        return new Taken(argument, provable, file, place, null);
    }

    /** A peer. */
    static Taken peer(ByteString address) {
        return new Taken(address, true, null, null, address);
    }
}
