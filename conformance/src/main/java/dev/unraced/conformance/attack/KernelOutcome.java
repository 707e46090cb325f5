// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.actor.Reply;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The argument that the kernel really took, and what it did, as the attacker knows it from its own descriptors.
 *
 * @param argument the bytes, or the how, that the kernel acted on
 * @param provable whether the reached object lies where the argument says, so that an event may say MATCH
 * @param file the file that the call opened, or null when it opened none
 * @param places the paths that this file had while the call ran; empty where it has none or the attack does not record
 *     them
 * @param peer the peer that the call connected to, empty for a call that ended a connection, or null
 * @param local the socket's own address, or null when the attack does not record it
 * @param mountNamespace the namespace in which the kernel resolved the path; 0 when the attack does not record it
 * @param ran whether the call ran at all
 * @param marks flags by which an event may say that its file or socket is not the call's own
 */
record KernelOutcome(
        Object argument,
        boolean provable,
        @Nullable FileId file,
        Set<ByteString> places,
        @Nullable ByteString peer,
        @Nullable ByteString local,
        long mountNamespace,
        boolean ran,
        Set<EventFlag> marks) {

    /** Device and inode of a file, as fstat reports them. */
    record FileId(int major, int minor, long inode) {
        static FileId of(Reply reply) {
            return new FileId(reply.integer("major"), reply.integer("minor"), reply.number("inode"));
        }
    }

    /** Returns the outcome of a call that reached nothing. */
    static KernelOutcome nothing(Object argument) {
        return new KernelOutcome(argument, false, null, Set.of(), null, null, 0, true, Set.of());
    }

    /** Returns the outcome of a call that was refused before it ran. */
    static KernelOutcome neverRan(Object argument) {
        return new KernelOutcome(argument, false, null, Set.of(), null, null, 0, false, Set.of());
    }

    /** Returns the outcome of a file that lies exactly where the argument says. */
    static KernelOutcome file(ByteString path, FileId file) {
        return file(path, file, path, true);
    }

    /** Returns the outcome of a file that lies at a place. */
    static KernelOutcome file(Object argument, FileId file, @Nullable ByteString place, boolean provable) {
        return file(argument, file, place == null ? Set.of() : Set.of(place), provable);
    }

    /** Returns the outcome of a file that moves, with every path that it has. */
    static KernelOutcome file(Object argument, FileId file, Set<ByteString> places, boolean provable) {
        return new KernelOutcome(argument, provable, file, places, null, null, 0, true, Set.of());
    }

    /** Returns the outcome of a peer that the argument names. */
    static KernelOutcome peer(ByteString address) {
        return new KernelOutcome(address, true, null, Set.of(), address, null, 0, true, Set.of());
    }

    /** Returns the outcome of a peer that the argument may or may not name. */
    static KernelOutcome peer(ByteString argument, ByteString peer, boolean provable) {
        return new KernelOutcome(argument, provable, null, Set.of(), peer, null, 0, true, Set.of());
    }

    /** Returns the outcome of an argument that ends a connection. */
    static KernelOutcome noPeer(ByteString argument) {
        return peer(argument, ByteString.EMPTY, true);
    }

    /** Returns the same outcome, of an event that is judged by another of its arguments. */
    KernelOutcome named(Object other) {
        return new KernelOutcome(other, provable, file, places, peer, local, mountNamespace, ran, marks);
    }

    /** Returns the same outcome, with the socket's own address. */
    KernelOutcome from(ByteString own) {
        return new KernelOutcome(argument, provable, file, places, peer, own, mountNamespace, ran, marks);
    }

    /** Returns the same outcome, with the mount namespace of the lookup. */
    KernelOutcome in(long namespace) {
        return new KernelOutcome(argument, provable, file, places, peer, local, namespace, ran, marks);
    }

    /** Returns the same outcome, where one of these flags may excuse another file or socket. */
    KernelOutcome unless(EventFlag first, EventFlag... more) {
        return new KernelOutcome(
                argument, provable, file, places, peer, local, mountNamespace, ran, EnumSet.of(first, more));
    }
}
