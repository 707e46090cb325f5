// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import dev.unraced.event.ProcessLayout;
import java.util.List;
import java.util.Optional;

/**
 * A process while it runs one program: a fork begins one with the forker's program, an exec the next. Immutable.
 *
 * @param tgid process id in the initial pid namespace
 * @param startNanos start of the process, CLOCK_BOOTTIME; with {@code tgid} it identifies the process for good
 * @param execId how many programs the process and its ancestors have executed
 * @param sinceNanos time of the fork or exec that began this image; of a process that was there when the capture
 *     opened, the time at which it was found, or as a server tells it later, of the last event that told of the image
 * @param parentTgid process id of the parent as the kernel had it at that time: another process than the first of
 *     {@code ancestors} after CLONE_PARENT, and after the end of that one
 * @param parentStartNanos start of the parent
 * @param ancestors the processes from which it descends, its forker first, at most {@value #MOST_ANCESTORS}; each as it
 *     was at the fork, unless it says otherwise ({@link Ancestor#isAsOfFork}). An exec does not change them, nor does
 *     the end of one of them
 * @param hasMoreAncestors whether there are more than these: no event told of them, they are further away than
 *     {@value #MOST_ANCESTORS} forks, or the table was short of memory
 * @param ownTgid process id in the process's own pid namespace
 * @param session process id of the session's leader
 * @param terminal controlling terminal
 * @param uid real user id
 * @param gid real group id
 * @param effectiveUid effective user id; another than {@code uid} in a set-user-id program
 * @param effectiveGid effective group id
 * @param capabilities effective capabilities, a bit for each
 * @param cgroupId id of the cgroup
 * @param mountNamespace inode number of the mount namespace
 * @param pidNamespace inode number of the pid namespace
 * @param containerId the container's id where the driver knows it otherwise than by the cgroup; only with it can
 *     several processes have one {@code tgid} at a time, each in a sandbox of its own
 * @param comm name of the first thread
 * @param program the program; nothing of it is known where there is a {@code programAbsence}
 * @param programAbsence why the program is not known; else empty
 */
public record ProcessImage(
        int tgid,
        long startNanos,
        long execId,
        long sinceNanos,
        int parentTgid,
        long parentStartNanos,
        List<Ancestor> ancestors,
        boolean hasMoreAncestors,
        int ownTgid,
        int session,
        Terminal terminal,
        long uid,
        long gid,
        long effectiveUid,
        long effectiveGid,
        long capabilities,
        long cgroupId,
        long mountNamespace,
        long pidNamespace,
        Optional<ByteString> containerId,
        ByteString comm,
        Program program,
        Optional<Absence> programAbsence) {

    /** The most ancestors that an image has. */
    public static final int MOST_ANCESTORS = 64;

    /** Returns the key by which {@link dev.unraced.event.EventView#processKey} names this image. */
    public long key() {
        return ProcessLayout.key(startNanos, execId);
    }

    /** Returns the same process with other ancestors. */
    ProcessImage with(List<Ancestor> known, boolean more) {
        return with(known, more, program, programAbsence);
    }

    /** Returns the same process with a program. */
    ProcessImage with(Program known, Optional<Absence> absence) {
        return with(ancestors, hasMoreAncestors, known, absence);
    }

    private ProcessImage with(List<Ancestor> known, boolean more, Program ran, Optional<Absence> absence) {
        return new ProcessImage(
                tgid,
                startNanos,
                execId,
                sinceNanos,
                parentTgid,
                parentStartNanos,
                known,
                more,
                ownTgid,
                session,
                terminal,
                uid,
                gid,
                effectiveUid,
                effectiveGid,
                capabilities,
                cgroupId,
                mountNamespace,
                pidNamespace,
                containerId,
                comm,
                ran,
                absence);
    }
}
