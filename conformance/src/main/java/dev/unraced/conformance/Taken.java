// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel really took and did, as the attacker knows it from its own descriptors.
 *
 * @param argument the bytes, or the how, that it acted on
 * @param provable whether the object that it reached lies where the argument says, so that a match may be claimed
 * @param file the file that it opened, or null when it opened none
 * @param places the paths that this file had while the call ran; empty where it has none or nobody asked
 * @param peer the peer that it connected to, or null
 * @param local the socket's own address, or null when nobody asked
 * @param mountNamespace the namespace in which the kernel resolved the path; 0 when nobody asked
 * @param ran whether the call ran at all
 * @param marks flags by which an event may say that the file or the socket that it has is another one
 */
record Taken(
        Object argument,
        boolean provable,
        @Nullable FileId file,
        Set<ByteString> places,
        @Nullable ByteString peer,
        @Nullable ByteString local,
        long mountNamespace,
        boolean ran,
        Set<EventFlag> marks) {

    /** What fstat says of a file. */
    record FileId(int major, int minor, long inode) {
        static FileId of(Reply reply) {
            return new FileId(reply.integer("major"), reply.integer("minor"), reply.number("inode"));
        }
    }

    /** Nothing was reached. */
    static Taken nothing(Object argument) {
        return new Taken(argument, false, null, Set.of(), null, null, 0, true, Set.of());
    }

    /** The call was refused before it ran. */
    static Taken neverRan(Object argument) {
        return new Taken(argument, false, null, Set.of(), null, null, 0, false, Set.of());
    }

    /** A file that lies exactly where the argument says. */
    static Taken file(ByteString path, FileId file) {
        return file(path, file, path, true);
    }

    /** A file, with where it lies. */
    static Taken file(Object argument, FileId file, @Nullable ByteString place, boolean provable) {
        return file(argument, file, place == null ? Set.of() : Set.of(place), provable);
    }

    /** A file that moves, with every path that it has. */
    static Taken file(Object argument, FileId file, Set<ByteString> places, boolean provable) {
        return new Taken(argument, provable, file, places, null, null, 0, true, Set.of());
    }

    /** A peer. */
    static Taken peer(ByteString address) {
        return new Taken(address, true, null, Set.of(), address, null, 0, true, Set.of());
    }

    /** A peer that an argument names, or does not name. */
    static Taken peer(ByteString argument, ByteString peer, boolean provable) {
        return new Taken(argument, provable, null, Set.of(), peer, null, 0, true, Set.of());
    }

    /** The same, from a socket with an address of its own. */
    Taken from(ByteString own) {
        return new Taken(argument, provable, file, places, peer, own, mountNamespace, ran, marks);
    }

    /** The same, resolved in a mount namespace. */
    Taken in(long namespace) {
        return new Taken(argument, provable, file, places, peer, local, namespace, ran, marks);
    }

    /** The same, where one of these flags may excuse another file, or another socket. */
    Taken unless(EventFlag first, EventFlag... more) {
        return new Taken(argument, provable, file, places, peer, local, mountNamespace, ran, EnumSet.of(first, more));
    }
}
