// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import java.util.Optional;

/** The truth about a thread of the actor, to compare events with. */
interface ThreadInfo {

    /** Returns a thread's facts, from /proc where the thread is in it, else from the actor. */
    static ThreadInfo of(Actor actor, int tgid, int tid) {
        return actor.isHere() ? new ProcThread(tgid, tid) : new ToldThread(actor, tid);
    }

    /** Returns the facts of the actor's main thread. */
    static ThreadInfo ofMain(Actor actor) {
        return of(actor, actor.tgid(), actor.tgid());
    }

    /** Returns the start time, in nanoseconds of CLOCK_BOOTTIME, rounded down to {@link #tickNanos()}. */
    long startNanos();

    /** Returns the resolution of the start time, in nanoseconds. */
    long tickNanos();

    /** Returns the thread group of the parent. */
    int parent();

    /** Returns the inode number of the mount namespace. */
    long mountNamespace();

    /** Returns the inode number of the pid namespace. */
    long pidNamespace();

    /** Returns the inode number of the cgroup's directory in the v2 hierarchy. */
    long cgroupId();

    /** Returns the container's id; empty for a thread in no container. */
    Optional<ByteString> containerId();
}
