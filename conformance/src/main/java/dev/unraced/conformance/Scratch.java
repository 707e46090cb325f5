// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;

/** A directory for one scenario's files, in the actor's world. */
interface Scratch extends AutoCloseable {

    /** Makes a fresh directory: on this machine where the actor is here, else by the actor. */
    static Scratch of(Actor actor) {
        return actor.isHere() ? new LocalScratch() : new DistantScratch(actor);
    }

    /** Returns the directory's path, without links. */
    String directory();

    /** Returns the path of a name in the directory, and makes nothing. */
    default String path(String name) {
        return directory() + "/" + name;
    }

    /** As {@link #path}, but returns bytes. */
    default ByteString bytes(String name) {
        return ByteString.utf8(path(name));
    }

    /** Removes the directory if it is on this machine. */
    @Override
    void close();
}
