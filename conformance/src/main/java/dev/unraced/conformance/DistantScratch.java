// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;

/** A directory that the actor has made in a world of its own. It goes when that world does. */
final class DistantScratch implements Scratch {
    private static final String PARENT = "/tmp";
    private static final int ATTEMPTS = 1000;

    private final String directory;

    /** Makes a directory named after the actor, so that the same scenario in the same world has the same paths. */
    DistantScratch(Actor actor) {
        make(actor, PARENT);
        String first = PARENT + "/unraced-" + actor.tgid();
        String name = first;
        for (int i = 1; !make(actor, name); i++) {
            if (i == ATTEMPTS) {
                throw new ActorException("the actor can make no directory like " + first);
            }
            name = first + "-" + i;
        }
        directory = name;
    }

    private static boolean make(Actor actor, String path) {
        try {
            actor.ask(Command.of("mkdir").with("path", ByteString.utf8(path)));
            return true;
        } catch (ActorException e) {
            // The directory exists already, or cannot be made at all; the next name will tell.
            return false;
        }
    }

    @Override
    public String directory() {
        return directory;
    }

    @Override
    public void close() {
        // The directory is not on this machine.
    }
}
