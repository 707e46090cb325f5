// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import dev.unraced.event.ProcessLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A process while it runs one program: a fork begins one with the forker's program, an exec the next. Immutable.
 *
 * @param tgid process id in the initial pid namespace
 * @param startNanos start of the process, CLOCK_BOOTTIME; with {@code tgid} it identifies the process for good
 * @param execId how many programs the process and its ancestors have executed
 * @param sinceNanos time of the fork or exec that began this image; of a process that was there when the capture
 *     opened, the time at which it was found
 * @param parentTgid process id of the parent as the kernel had it at that time: another process than the first of
 *     {@code ancestors} after CLONE_PARENT, and after the end of that one
 * @param parentStartNanos start of the parent
 * @param ancestors the processes from which it descends, its forker first, at most {@value #MOST_ANCESTORS}; each as it
 *     was at the fork. An exec does not change them, nor does the end of one of them
 * @param ownTgid process id in the process's own pid namespace
 * @param session process id of the session's leader
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
 * @param program the program
 */
public record ProcessImage(
        int tgid,
        long startNanos,
        long execId,
        long sinceNanos,
        int parentTgid,
        long parentStartNanos,
        List<Ancestor> ancestors,
        int ownTgid,
        int session,
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
        Program program) {

    /** The most ancestors that an image has. */
    public static final int MOST_ANCESTORS = 64;

    /** Returns the key by which {@link dev.unraced.event.EventView#processKey} names this image. */
    public long key() {
        return ProcessLayout.key(startNanos, execId);
    }

    /** Returns the ancestors of a child of this process, which had this name and ran this program at the fork. */
    List<Ancestor> lineage(ByteString name, Program ran) {
        List<Ancestor> lineage = new ArrayList<>(Math.min(ancestors.size() + 1, MOST_ANCESTORS));
        lineage.add(new Ancestor(tgid, startNanos, name, ran));
        lineage.addAll(ancestors.subList(0, Math.min(ancestors.size(), MOST_ANCESTORS - 1)));
        return Collections.unmodifiableList(lineage);
    }
}
