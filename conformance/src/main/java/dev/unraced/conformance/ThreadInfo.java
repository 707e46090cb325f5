// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import java.util.Optional;

/** What is true of a thread of the actor, to compare events with. */
interface ThreadInfo {

    /** From /proc where the thread is in it, else from the actor. */
    static ThreadInfo of(Actor actor, int tgid, int tid) {
        return actor.isHere() ? new ProcThread(tgid, tid) : new ToldThread(actor, tid);
    }

    /** That of the actor's main thread. */
    static ThreadInfo ofMain(Actor actor) {
        return of(actor, actor.tgid(), actor.tgid());
    }

    /** Start time, in nanoseconds of CLOCK_BOOTTIME, rounded down to {@link #tickNanos()}. */
    long startNanos();

    /** How exact the start time is known. */
    long tickNanos();

    /** Thread group of the parent. */
    int parent();

    /** Inode number of the mount namespace. */
    long mountNamespace();

    /** Inode number of the pid namespace. */
    long pidNamespace();

    /** Inode number of the cgroup's directory in the v2 hierarchy. */
    long cgroupId();

    /** The container's id; empty for a thread in none. */
    Optional<ByteString> containerId();
}
