// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The images of the processes that had one id: of one container, where events name it, since every sandbox counts its
 * processes from 1.
 */
final class Slot {
    /** Tells how sure the program is that a parent ran when it forked. */
    enum Ran {
        /** It is the program of the image that the table has. */
        AT_FORK,
        /** It is the program of the image that the table has; it may have begun after the fork. */
        SOMETIME,
        /** Nobody knows it. */
        UNKNOWN
    }

    final int tgid;
    final @Nullable ByteString container;
    /** The slot of the same id in another container. */
    @Nullable
    Slot next;
    /** The place among all slots. */
    int index;

    /** The image of now; null of a slot that the table has given up. */
    @Nullable
    ProcessImage newest;
    /** The image before, of the same process or of an earlier one with the same id. */
    @Nullable
    ProcessImage before;

    boolean ended;
    /** The table's count of uses when this one was used last. */
    long lastUse;
    /** The process to which the lineage leads, and of which no event has told yet; 0 for none. */
    int awaitedTgid;

    long awaitedStartNanos;
    Ran awaitedRan = Ran.UNKNOWN;

    /** The ancestors of its children, which these share; null until there is one. */
    private @Nullable List<Ancestor> lineage;

    private Ran lineageRan = Ran.UNKNOWN;

    Slot(int tgid, @Nullable ByteString container) {
        this.tgid = tgid;
        this.container = container;
    }

    boolean isOf(@Nullable ByteString other) {
        return Objects.equals(container, other);
    }

    /** Returns whether its newest image is of the process that started then. */
    boolean isOf(long startNanos) {
        return newest != null && newest.startNanos() == startNanos;
    }

    /** Puts an image in the place of the newest one. */
    void replace(ProcessImage image) {
        newest = image;
        lineage = null;
    }

    /** Returns the ancestors of a child of the newest image: this one first. */
    List<Ancestor> lineage(Ran ran) {
        if (lineage == null || lineageRan != ran) {
            lineage = lineage(Objects.requireNonNull(newest), ran);
            lineageRan = ran;
        }
        return lineage;
    }

    /** Returns whether a child has more ancestors than those of {@link #lineage}. */
    boolean isLineageCut() {
        ProcessImage image = Objects.requireNonNull(newest);
        return image.hasMoreAncestors() || image.ancestors().size() >= ProcessImage.MOST_ANCESTORS;
    }

    private static List<Ancestor> lineage(ProcessImage image, Ran ran) {
        boolean known = ran != Ran.UNKNOWN;
        Ancestor first = new Ancestor(
                image.tgid(),
                image.startNanos(),
                known ? image.comm() : ByteString.EMPTY,
                known ? image.program().ofAncestor() : Program.UNKNOWN,
                ran != Ran.SOMETIME,
                known ? image.mountNamespace() : 0);
        return joined(List.of(first), image.ancestors());
    }

    /** Returns the nearer and then the farther ancestors, as many as an image has. */
    static List<Ancestor> joined(List<Ancestor> nearer, List<Ancestor> farther) {
        List<Ancestor> all = new ArrayList<>(Math.min(nearer.size() + farther.size(), ProcessImage.MOST_ANCESTORS));
        all.addAll(nearer);
        all.addAll(farther.subList(0, Math.min(farther.size(), ProcessImage.MOST_ANCESTORS - nearer.size())));
        return Collections.unmodifiableList(all);
    }
}
