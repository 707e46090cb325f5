// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The process behind an event, as {@link dev.unraced.event.EventView#process} and
 * {@link dev.unraced.event.ProcessView#process} return it: of a call the program that made it, even when the process
 * has executed another one since. Reading allocates nothing, unless a method says so; {@link #snapshot} copies.
 *
 * <p>A handler must not keep the view: it is valid until the handler returns, or asks another event for its process.
 * The images, ancestors and containers that it returns are immutable and can be kept. What is not known is absent, and
 * {@link #absence} says why; nothing is guessed.
 */
public final class EventProcess {
    private static final EventProcess WITHOUT_TABLE = new EventProcess(null);

    private final @Nullable ProcessTable table;
    private @Nullable ProcessImage image;
    private int tgid;
    private long key;
    private long uid;
    private long cgroupId;
    private @Nullable ByteString sandbox;

    EventProcess(@Nullable ProcessTable table) {
        this.table = table;
    }

    /** Returns the process of an event of which no table knows anything: {@link Absence#NO_TABLE}. */
    public static EventProcess withoutTable() {
        return WITHOUT_TABLE;
    }

    /** Points this view at the process of another event. */
    EventProcess of(
            @Nullable ProcessImage known,
            int eventTgid,
            long eventKey,
            long eventUid,
            long eventCgroupId,
            @Nullable ByteString eventSandbox) {
        image = known;
        tgid = eventTgid;
        key = eventKey;
        uid = eventUid;
        cgroupId = eventCgroupId;
        sandbox = eventSandbox;
        return this;
    }

    /**
     * Returns why the program is not known; empty where it is. Of a process that is known itself, an exec can be the
     * one that nobody saw: then {@link #image} has the rest. The Optionals are made beforehand.
     */
    public Optional<Absence> absence() {
        if (table == null) {
            return Absence.NO_TABLE.asOptional();
        }
        return image == null ? table.absence(tgid, key).asOptional() : image.programAbsence();
    }

    /** Returns whether the program is known: {@link #absence} is empty. */
    public boolean isKnown() {
        return image != null && image.programAbsence().isEmpty();
    }

    /** Returns the image, which has everything that is known of the process itself, or null where there is none. */
    public @Nullable ProcessImage image() {
        return image;
    }

    /** Returns the program; one of which nothing is known where {@link #absence} has a reason. */
    public Program program() {
        return image == null ? Program.UNKNOWN : image.program();
    }

    /**
     * Returns the path of the file that the kernel executes, absolute in the process's mount namespace, as
     * {@link Program#executable} says; empty where it is not known. Its marks are {@link Program#flags}.
     */
    public Optional<ByteString> executable() {
        return program().executable();
    }

    /** Returns whether the arguments are known: those of programs that ran before the capture are not. */
    public boolean hasArguments() {
        return program().hasArguments();
    }

    /** Returns the arguments, each with a NUL at its end; none where they are not known. */
    public ByteString arguments() {
        return program().arguments();
    }

    /** Returns the arguments as text for people, as {@link Program#commandLine} does. Allocates. */
    public String commandLine() {
        return program().commandLine();
    }

    /**
     * Returns the processes from which this one descends, its forker first and init last, each with the program that it
     * ran at the fork; at most {@value ProcessImage#MOST_ANCESTORS}, and none where the process is not known.
     */
    public List<Ancestor> ancestors() {
        return image == null ? List.of() : image.ancestors();
    }

    /** Returns whether there are more ancestors than these, or may be, since the process is not known. */
    public boolean hasMoreAncestors() {
        return image == null || image.hasMoreAncestors();
    }

    /**
     * Returns the path of the cgroup at the time of the event, or null where no event told of this cgroup, and the
     * kernel does not either ({@link CgroupResolver}). The first question of such a cgroup allocates.
     */
    public @Nullable ByteString cgroup() {
        return table == null ? null : table.cgroupOf(cgroupId);
    }

    /**
     * Returns the container, or null: the process is in none, or {@link #cgroup} is null, so nobody knows. It is that
     * of the cgroup at the time of the event, or the sandbox that the event or its image names.
     */
    public @Nullable Container container() {
        if (table == null) {
            return null;
        }
        if (sandbox != null) {
            return table.sandbox(sandbox);
        }
        return image == null || image.containerId().isEmpty()
                ? table.containerOf(cgroupId)
                : table.sandbox(image.containerId().get());
    }

    /**
     * Returns the names of the container, its image and its pod, or null where they are not known
     * ({@link ProcessTable#detailsOf(Container)}).
     */
    public @Nullable ContainerDetails containerDetails() {
        return table == null ? null : table.detailsOf(container());
    }

    /**
     * Returns the name of the real user at the time of the event, or null where it is not known
     * ({@link ProcessTable#userOf(dev.unraced.event.EventView)}).
     */
    public @Nullable ByteString user() {
        return table == null ? null : table.userOf(uid);
    }

    /** Returns an immutable copy, which outlives the handler. Allocates. */
    public ProcessSnapshot snapshot() {
        return new ProcessSnapshot(
                Optional.ofNullable(image),
                absence(),
                Optional.ofNullable(cgroup()),
                Optional.ofNullable(container()),
                Optional.ofNullable(containerDetails()),
                Optional.ofNullable(user()));
    }

    /** Returns the executable for people, or {@code unknown} with the reason. Allocates. */
    @Override
    public String toString() {
        return ProcessSnapshot.text(absence(), program());
    }
}
