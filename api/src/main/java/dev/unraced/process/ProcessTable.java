// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows the program behind each event of a call, as process events tell it ({@code unraced.process-events}).
 *
 * <p>A handler passes each process event on to {@link #update}, and asks {@link #imageOf} about each event of a call,
 * which allocates nothing. The answer is the image that made the call, even when the process has executed another
 * program since, or its id belongs to another process. What the table does not know it says ({@link #absenceOf}), and
 * never guesses. Not thread-safe; the images that it returns are immutable and can be kept.
 */
public final class ProcessTable {
    /** The number of processes that a table without another size holds. */
    public static final int CAPACITY = 65_536;
    /** The number of ended processes that a table without another size still knows. */
    public static final int REMEMBERED = 4_096;

    private static final Set<String> KERNEL_DRIVERS = Set.of("ebpf", "kmod");

    private static final int PAGE_BITS = 12;
    private static final int PAGE = 1 << PAGE_BITS;
    /** The largest process id of a kernel, PID_MAX_LIMIT of include/linux/threads.h. */
    private static final int LARGEST = 1 << 22;

    private final Slot[] @Nullable [] pages = new Slot[LARGEST / PAGE + 1][];
    private final CgroupPaths cgroups = new CgroupPaths();
    private final @Nullable UserNames users;
    private final ArrayDeque<ProcessImage> ended = new ArrayDeque<>();
    private final int capacity;
    private final int remembered;
    private int known;
    private long refused;
    private long forgotten;

    /**
     * The slot has the images of the processes that had one id: of one container, where events name it, since every
     * sandbox counts its processes from 1.
     */
    private static final class Slot {
        private final @Nullable ByteString container;
        /** The slot of the same id in another container. */
        private @Nullable Slot next;

        private @Nullable ProcessImage newest;
        /** The image before, of the same process or of an earlier one with the same id. */
        private @Nullable ProcessImage before;

        private boolean ended;
        private boolean refused;

        Slot(@Nullable ByteString container) {
            this.container = container;
        }

        void add(ProcessImage image) {
            before = newest;
            newest = image;
            ended = false;
            refused = false;
        }
    }

    /**
     * Creates a table of {@value #CAPACITY} processes, which remembers {@value #REMEMBERED} of them after their end.
     */
    public ProcessTable() {
        this(CAPACITY, REMEMBERED);
    }

    /**
     * Creates a table.
     *
     * @param capacity the most processes that it knows at a time; of further ones it knows nothing, and counts them
     * @param remembered the number of processes that it still knows after their end
     * @throws IllegalArgumentException unless {@code capacity} is above {@code remembered}, and this not negative
     */
    public ProcessTable(int capacity, int remembered) {
        this(capacity, remembered, null);
    }

    /** Creates a table of the usual size that knows users by their names; null for no names. */
    public ProcessTable(@Nullable UserNames users) {
        this(CAPACITY, REMEMBERED, users);
    }

    /**
     * Returns a table of the usual size, which names users where the ids of all these drivers are surely this
     * machine's: those of another machine, a sandbox or an old recording can be others' here.
     */
    public static ProcessTable of(Collection<String> drivers) {
        return hasIdsOfThisMachine(drivers) ? new ProcessTable(UserNames.ofThisMachine()) : new ProcessTable();
    }

    /** Returns whether the ids of users and processes that all these drivers report are surely this machine's. */
    public static boolean hasIdsOfThisMachine(Collection<String> drivers) {
        return KERNEL_DRIVERS.containsAll(drivers);
    }

    private ProcessTable(int capacity, int remembered, @Nullable UserNames users) {
        this.users = users;
        if (remembered < 0 || capacity <= remembered) {
            throw new IllegalArgumentException(
                    "a table of " + capacity + " processes cannot remember " + remembered + " that ended");
        }
        this.capacity = capacity;
        this.remembered = remembered;
    }

    /** Takes one process event. Allocates; processes begin and end far less often than they make calls. */
    public void update(ProcessView event) {
        if (event.cgroupPath().isPresent()) {
            cgroups.put(event.cgroupId(), event.cgroupPath().toByteString());
        }
        // The name is asked for here, so that it is known at the process's first call.
        userOf(event);
        switch (event.type()) {
            case ALIVE -> alive(event);
            case FORK -> fork(event);
            case EXEC -> exec(event);
            case EXIT -> exit(event);
            case EXEC_FAILED -> {
                // The process has the image that it had.
            }
        }
    }

    /** Returns the image that made a call, or null where the table does not know it; {@link #absenceOf} says why. */
    public @Nullable ProcessImage imageOf(EventView event) {
        return byKey(event.tgid(), event.processKey());
    }

    /** Returns why {@link #imageOf} returns null for an event; what it returns otherwise means nothing. */
    public Absence absenceOf(EventView event) {
        long key = event.processKey();
        if (key == 0) {
            return Absence.NO_KEY;
        }
        boolean forgotten = false;
        for (Slot slot = slot(event.tgid()); slot != null; slot = slot.next) {
            if (slot.newest == null) {
                forgotten |= slot.refused;
            } else if (slot.newest.key() >>> Integer.SIZE == key >>> Integer.SIZE) {
                return Absence.EXEC_MISSED;
            }
        }
        return forgotten ? Absence.FORGOTTEN : Absence.NOT_SEEN;
    }

    /**
     * Returns the path of the caller's cgroup, as an exec in it told, or null where none did. Allocates for ids beyond
     * 127.
     */
    public @Nullable ByteString cgroupOf(EventView event) {
        return cgroups.path(event.cgroupId());
    }

    /**
     * Returns the caller's container, by the name of its cgroup, or null: the cgroup is no container's, or the table
     * does not know it ({@link #cgroupOf}).
     */
    public @Nullable Container containerOf(EventView event) {
        return cgroups.container(event.cgroupId());
    }

    /** Returns the image that a process event is about, as it was after the event, or null where it is not known. */
    public @Nullable ProcessImage imageOf(ProcessView event) {
        return byKey(event.tgid(), event.processKey());
    }

    /**
     * Returns the container of a process event's process: the one that the event names, and otherwise as
     * {@link #containerOf(EventView)} does.
     */
    public @Nullable Container containerOf(ProcessView event) {
        return event.containerId().isPresent()
                ? Container.ofSandbox(event.containerId().toByteString().toUtf8())
                : cgroups.container(event.cgroupId());
    }

    /**
     * Returns the name of the caller's real user, or null: the table was made without names, the user has none, or it
     * is not known yet. It is this machine's name, which a container's own users need not share.
     */
    public @Nullable ByteString userOf(EventView event) {
        return users == null ? null : users.nameOf(event.uid());
    }

    /** Returns the name of the real user of a process event's process, as {@link #userOf(EventView)} does. */
    public @Nullable ByteString userOf(ProcessView event) {
        return users == null ? null : users.nameOf(event.uid());
    }

    /** Returns the number of processes in the table, those that ended and are remembered among them. */
    public int known() {
        return known;
    }

    /** Returns the number of processes that found no room. */
    public long refused() {
        return refused;
    }

    /** Returns the number of ended processes that the table has given up. */
    public long forgotten() {
        return forgotten;
    }

    private void alive(ProcessView event) {
        // An event of the same image, or a later one, says more.
        if (find(event.tgid(), event.startNanos()) == null) {
            ProcessImage parent = find(event.parentTgid(), event.parentStartNanos());
            add(image(event, lineage(parent, true), Program.of(event)));
        }
    }

    private void fork(ProcessView event) {
        ProcessImage forker = find(event.forkerTgid(), event.forkerStartNanos());
        // The child has its forker's image, if that is the one that the table knows.
        boolean isForkers = forker != null && forker.execId() == event.execId();
        add(image(event, lineage(forker, isForkers), isForkers ? forker.program() : Program.UNKNOWN));
    }

    private void exec(ProcessView event) {
        ProcessImage before = find(event.tgid(), event.startNanos());
        List<Ancestor> lineage = before != null
                ? before.ancestors()
                // No event told of its fork, so nobody knows what the parent ran then.
                : lineage(find(event.parentTgid(), event.parentStartNanos()), false);
        add(image(event, lineage, Program.of(event)));
    }

    /**
     * Returns the ancestors of a child of this process.
     *
     * @param isKnown whether the image is that of the moment of the fork
     */
    private static List<Ancestor> lineage(@Nullable ProcessImage parent, boolean isKnown) {
        if (parent == null) {
            return List.of();
        }
        return isKnown
                ? parent.lineage(parent.comm(), parent.program())
                : parent.lineage(ByteString.EMPTY, Program.UNKNOWN);
    }

    /** Returns the newest image of the process that started then, or null. */
    private @Nullable ProcessImage find(int tgid, long startNanos) {
        Slot slot = slotOf(tgid, startNanos);
        return slot == null ? null : slot.newest;
    }

    /** Returns the slot whose newest image is of the process that started then, or null. */
    private @Nullable Slot slotOf(int tgid, long startNanos) {
        Slot slot = slot(tgid);
        while (slot != null && (slot.newest == null || slot.newest.startNanos() != startNanos)) {
            slot = slot.next;
        }
        return slot;
    }

    private void exit(ProcessView event) {
        Slot slot = slotOf(event.tgid(), event.startNanos());
        if (slot == null || slot.newest == null || slot.ended) {
            return;
        }
        slot.ended = true;
        ended.add(slot.newest);
        if (ended.size() > remembered) {
            forget(ended.remove());
        }
    }

    /** Gives up a process that has ended, unless a later one has its place. */
    private void forget(ProcessImage image) {
        Slot slot = slot(image.tgid());
        while (slot != null && !isOf(slot, image.containerId())) {
            slot = slot.next;
        }
        if (slot == null || slot.newest == null) {
            return;
        }
        forgotten++;
        if (slot.newest.startNanos() == image.startNanos()) {
            slot.newest = null;
            slot.before = null;
            known--;
            remove(slot, image.tgid());
        } else if (slot.before != null && slot.before.startNanos() == image.startNanos()) {
            slot.before = null;
        }
    }

    private void add(ProcessImage image) {
        if (image.tgid() < 0 || image.tgid() > LARGEST) {
            refused++;
            return;
        }
        Slot slot = slotFor(image.tgid(), image.containerId().orElse(null));
        if (slot.newest == null) {
            if (known == capacity) {
                refused++;
                slot.refused = true;
                remove(slot, image.tgid());
                return;
            }
            known++;
        }
        slot.add(image);
    }

    private static ProcessImage image(ProcessView event, List<Ancestor> ancestors, Program program) {
        return new ProcessImage(
                event.tgid(),
                event.startNanos(),
                event.execId(),
                event.nanos(),
                event.parentTgid(),
                event.parentStartNanos(),
                ancestors,
                event.ownTgid(),
                event.session(),
                event.uid(),
                event.gid(),
                event.effectiveUid(),
                event.effectiveGid(),
                event.capabilities(),
                event.cgroupId(),
                event.mountNamespace(),
                event.pidNamespace(),
                event.containerId().isPresent()
                        ? Optional.of(event.containerId().toByteString())
                        : Optional.empty(),
                event.comm().toByteString(),
                program);
    }

    private @Nullable ProcessImage byKey(int tgid, long key) {
        for (Slot slot = key == 0 ? null : slot(tgid); slot != null; slot = slot.next) {
            ProcessImage newest = slot.newest;
            if (newest != null && newest.key() == key) {
                return newest;
            }
            ProcessImage before = slot.before;
            if (before != null && before.key() == key) {
                return before;
            }
        }
        return null;
    }

    private @Nullable Slot slot(int tgid) {
        if (tgid < 0 || tgid > LARGEST) {
            return null;
        }
        Slot[] page = pages[tgid >>> PAGE_BITS];
        return page == null ? null : page[tgid & (PAGE - 1)];
    }

    private Slot slotFor(int tgid, @Nullable ByteString container) {
        int at = tgid >>> PAGE_BITS;
        Slot[] page = pages[at];
        if (page == null) {
            page = new Slot[PAGE];
            pages[at] = page;
        }
        Slot first = page[tgid & (PAGE - 1)];
        for (Slot slot = first; slot != null; slot = slot.next) {
            if (Objects.equals(slot.container, container)) {
                return slot;
            }
        }
        Slot slot = new Slot(container);
        slot.next = first;
        page[tgid & (PAGE - 1)] = slot;
        return slot;
    }

    private static boolean isOf(Slot slot, Optional<ByteString> container) {
        return Objects.equals(slot.container, container.orElse(null));
    }

    /** Removes the empty slot of a container: containers come and go, and ids of processes remain. */
    private void remove(Slot empty, int tgid) {
        Slot[] page = pages[tgid >>> PAGE_BITS];
        if (empty.container == null || page == null) {
            return;
        }
        Slot above = null;
        for (Slot slot = page[tgid & (PAGE - 1)]; slot != null; slot = slot.next) {
            if (slot != empty) {
                above = slot;
            } else if (above == null) {
                page[tgid & (PAGE - 1)] = slot.next;
            } else {
                above.next = slot.next;
            }
        }
    }
}
