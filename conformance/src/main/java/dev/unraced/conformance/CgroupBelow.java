// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A cgroup made for one actor, below the actor's former one. Closing this after the actor's end removes it. */
final class CgroupBelow implements AutoCloseable {
    private final Duration patience;
    private @Nullable Path directory;

    /**
     * Prepares a cgroup, and makes none yet.
     *
     * @param patience the longest time that its last process may take to end
     */
    CgroupBelow(Duration patience) {
        this.patience = patience;
    }

    /** Makes the cgroup and moves the actor there; returns the id of the actor's former cgroup. */
    long enter(Actor actor) {
        long above = ThreadInfo.ofMain(actor).cgroupId();
        if (!actor.isHere()) {
            actor.ask(Command.of("subgroup"));
            return above;
        }
        Path below =
                new ProcThread(actor.tgid(), actor.tgid()).cgroupDirectory().resolve("unraced-kit-" + actor.tgid());
        try {
            directory = Files.createDirectory(below);
            Files.writeString(below.resolve("cgroup.procs"), Integer.toString(actor.tgid()));
        } catch (IOException e) {
            throw new UncheckedIOException("run the kit as root, with a cgroup v2 hierarchy that can be written to", e);
        }
        return above;
    }

    /** Returns the id of a cgroup, which is the inode number of its directory. */
    static long id(Path directory) {
        try {
            return (Long) Files.getAttribute(directory, "unix:ino");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Path made = directory;
        if (made != null) {
            Condition.await(patience, () -> isRemoved(made), () -> made + " is still in use");
        }
    }

    /** Tries to remove a cgroup, which is busy until the last of its processes has been reaped. */
    private static boolean isRemoved(Path directory) {
        try {
            Files.deleteIfExists(directory);
            return true;
        } catch (DirectoryNotEmptyException e) {
            throw new UncheckedIOException(e);
        } catch (FileSystemException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
