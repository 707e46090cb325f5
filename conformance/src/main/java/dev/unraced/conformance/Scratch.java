// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;

/** A directory for one scenario's files, in the actor's world. */
interface Scratch extends AutoCloseable {

    /** A fresh one: on this machine where the actor is here, else made by the actor. */
    static Scratch of(Actor actor) {
        return actor.isHere() ? new LocalScratch() : new DistantScratch(actor);
    }

    /** The directory, without links. */
    String directory();

    /** A name in the directory; nothing is made. */
    default String path(String name) {
        return directory() + "/" + name;
    }

    /** As {@link #path}, as bytes. */
    default ByteString bytes(String name) {
        return ByteString.utf8(path(name));
    }

    /** Removes what is on this machine. */
    @Override
    void close();
}
