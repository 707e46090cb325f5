// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Knows the program behind each event of a call, as process events tell it ({@code unraced.process-events}).
 *
 * <p>A capture has such a table ({@code Capture.processTable}), from which {@link EventView#process} comes. A handler
 * with a table of its own passes each process event on to {@link #update}, and asks {@link #processOf} or
 * {@link #imageOf} about each event of a call, which allocates nothing. The answer is the image that made the call,
 * even when the process has executed another program since, or its id belongs to another process. What the table does
 * not know it says ({@link #absenceOf}), and never guesses. Not thread-safe, but for its counts; the images that it
 * returns are immutable and can be kept.
 */
public final class ProcessTable {
    /** The number of processes that a table without another size holds. */
    public static final int CAPACITY = 65_536;
    /** The number of ended processes that a table without another size still knows. */
    public static final int REMEMBERED = 4_096;

    private static final Set<String> KERNEL_DRIVERS = Set.of("ebpf", "kmod");

    /** Beyond so many bytes of images a further one has {@link #SHARE} bytes at the most. */
    private static final long AMPLE = 32 << 20;

    private static final int SHARE = 512;
    /** The slots among which the stalest is given up. */
    private static final int LOOKS = 16;
    /** The waiting processes among which those that the table has given up are looked for. */
    private static final int CROWD = 1_024;
    /** The containers of sandboxes that are kept. */
    private static final int SANDBOXES = 1_024;

    private final Slots slots = new Slots();
    private final Footprint footprint = new Footprint();
    private final Forgotten gone = new Forgotten();
    private final CgroupPaths cgroups;
    private final @Nullable UserNames users;
    private final @Nullable ContainerNames containers;
    private final ArrayDeque<ProcessImage> ended = new ArrayDeque<>();
    /** The processes whose lineage leads to one of which no event has told yet, by its id. */
    private final Map<Integer, List<Waiting>> waiting = new HashMap<>();
    /** The containers of sandboxes by their ids, so that asking for one allocates nothing. */
    private final Map<ByteString, Optional<Container>> sandboxes = new LinkedHashMap<>(16, 0.75f, true);

    private @Nullable ByteString lastSandbox;

    private final EventProcess process = new EventProcess(this);

    private final SplittableRandom random = new SplittableRandom();
    private final int capacity;
    private final int remembered;
    private final long ample;
    private int waitingCount;
    /** The number of waiting processes from which those that are over are left out. */
    private int waitingMost = CROWD;

    private long uses;
    // One thread writes, and others may read.
    private volatile int known;
    private volatile long refused;
    private volatile long forgotten;
    private volatile long evicted;
    private volatile long shortened;

    /** A slot whose process waits for its lineage, if it still has that process. */
    private record Waiting(Slot slot, long startNanos) {
        boolean isOver() {
            return !slot.isOf(startNanos) || slot.awaitedTgid == 0;
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
     * @param capacity the most processes that it knows at a time; for a further one it gives up one of those of which
     *     it has heard nothing for long, and counts it
     * @param remembered the number of processes that it still knows after their end
     * @throws IllegalArgumentException unless {@code capacity} is above {@code remembered}, and this not negative
     */
    public ProcessTable(int capacity, int remembered) {
        this(capacity, remembered, AMPLE, null, null, null);
    }

    /** Creates a table of the usual size that knows users by their names; null for no names. */
    public ProcessTable(@Nullable UserNames users) {
        this(users, null);
    }

    /** Creates a table of the usual size that knows users and containers by their names; null for no names. */
    public ProcessTable(@Nullable UserNames users, @Nullable ContainerNames containers) {
        this(CAPACITY, REMEMBERED, AMPLE, users, containers, null);
    }

    /**
     * Returns a table of the usual size, which names users, and asks for cgroups of which no event told
     * ({@link CgroupResolver}), where the ids of all these drivers are surely this machine's: those of another machine,
     * a sandbox or an old recording can be others' here.
     */
    public static ProcessTable of(Collection<String> drivers) {
        return of(drivers, null);
    }

    /**
     * Returns a table as {@link #of(Collection)} does, which also names containers.
     *
     * @param containers null for containers without names
     */
    public static ProcessTable of(Collection<String> drivers, @Nullable ContainerNames containers) {
        if (!hasIdsOfThisMachine(drivers)) {
            return new ProcessTable(null, containers);
        }
        CgroupResolver resolver = ServiceLoader.load(CgroupResolver.class, CgroupResolver.class.getClassLoader())
                .findFirst()
                .orElse(null);
        return new ProcessTable(CAPACITY, REMEMBERED, AMPLE, UserNames.ofThisMachine(), containers, resolver);
    }

    /** Returns whether the ids of users and processes that all these drivers report are surely this machine's. */
    public static boolean hasIdsOfThisMachine(Collection<String> drivers) {
        return KERNEL_DRIVERS.containsAll(drivers);
    }

    /**
     * Creates a table.
     *
     * @param ample the bytes of images beyond which a further one is kept short
     */
    ProcessTable(
            int capacity,
            int remembered,
            long ample,
            @Nullable UserNames users,
            @Nullable ContainerNames containers,
            @Nullable CgroupResolver resolver) {
        this.cgroups = new CgroupPaths(resolver);
        this.users = users;
        this.containers = containers;
        if (remembered < 0 || capacity <= remembered) {
            throw new IllegalArgumentException(
                    "a table of " + capacity + " processes cannot remember " + remembered + " that ended");
        }
        this.capacity = capacity;
        this.remembered = remembered;
        this.ample = ample;
    }

    /** Takes one process event. Allocates; processes begin and end far less often than they make calls. */
    public void update(ProcessView event) {
        if (event.cgroupPath().isPresent()) {
            cgroups.put(event.cgroupId(), event.cgroupPath().toByteString());
        }
        // The names are asked for here, so that they are known at the process's first call.
        userOf(event);
        if (containers != null) {
            detailsOf(containerOf(event));
        }
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

    /**
     * Returns the process behind the event of a call. The view is valid until the table is asked for another one, or
     * updated. Allocates nothing.
     */
    public EventProcess processOf(EventView event) {
        return process.of(
                imageOf(event),
                event.tgid(),
                event.processKey(),
                event.uid(),
                event.cgroupId(),
                sandboxOf(event.containerId()));
    }

    /** Returns the process that a process event is about, as it was after the event; as the other method does. */
    public EventProcess processOf(ProcessView event) {
        return process.of(
                imageOf(event),
                event.tgid(),
                event.processKey(),
                event.uid(),
                event.cgroupId(),
                sandboxOf(event.containerId()));
    }

    /** Returns the image that made a call, or null where the table does not know it; {@link #absenceOf} says why. */
    public @Nullable ProcessImage imageOf(EventView event) {
        return byKey(event.tgid(), event.processKey());
    }

    /** Returns why {@link #imageOf} returns null for an event; the result has no meaning where it returns an image. */
    public Absence absenceOf(EventView event) {
        return absence(event.tgid(), event.processKey());
    }

    /** Returns why {@link #imageOf(ProcessView)} returns null, as {@link #absenceOf(EventView)} does. */
    public Absence absenceOf(ProcessView event) {
        return absence(event.tgid(), event.processKey());
    }

    Absence absence(int tgid, long key) {
        if (key == 0) {
            return Absence.NO_KEY;
        }
        for (Slot slot = slots.first(tgid); slot != null; slot = slot.next) {
            ProcessImage newest = slot.newest;
            if (newest != null && newest.key() >>> Integer.SIZE == key >>> Integer.SIZE) {
                return Absence.EXEC_MISSED;
            }
        }
        return gone.contains(tgid, key) ? Absence.FORGOTTEN : Absence.NOT_SEEN;
    }

    /**
     * Returns the path of the caller's cgroup, as an exec in it told, or, in a table of {@link #of(Collection)}, as the
     * kernel does ({@link CgroupResolver}); null where none did.
     */
    public @Nullable ByteString cgroupOf(EventView event) {
        return cgroupOf(event.cgroupId());
    }

    @Nullable
    ByteString cgroupOf(long id) {
        return cgroups.path(id);
    }

    /**
     * Returns the path of the cgroup of a process event's process: the one that the event has, and otherwise as
     * {@link #cgroupOf(EventView)} does.
     */
    public @Nullable ByteString cgroupOf(ProcessView event) {
        return event.cgroupPath().isPresent() ? event.cgroupPath().toByteString() : cgroups.path(event.cgroupId());
    }

    /**
     * Returns the caller's container, by the name of its cgroup, or null: the cgroup is no container's, or the table
     * does not know it ({@link #cgroupOf}).
     */
    public @Nullable Container containerOf(EventView event) {
        return containerOf(event.cgroupId());
    }

    @Nullable
    Container containerOf(long cgroupId) {
        return cgroups.container(cgroupId);
    }

    /** Returns the id that an event has of its sandbox, or null; allocates only when it differs from the last one. */
    private @Nullable ByteString sandboxOf(BytesView id) {
        if (!id.isPresent()) {
            return null;
        }
        if (lastSandbox == null || !id.contentEquals(lastSandbox)) {
            lastSandbox = id.toByteString();
        }
        return lastSandbox;
    }

    /** Returns the container of a sandbox, or null where it has no name that one can have. */
    @Nullable
    Container sandbox(ByteString id) {
        Optional<Container> known = sandboxes.get(id);
        if (known == null) {
            known = Optional.ofNullable(Container.ofSandbox(id.toUtf8()));
            if (sandboxes.size() >= SANDBOXES) {
                sandboxes.remove(sandboxes.keySet().iterator().next());
            }
            sandboxes.put(id, known);
        }
        return known.orElse(null);
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
                ? sandbox(event.containerId().toByteString())
                : cgroups.container(event.cgroupId());
    }

    /**
     * Returns the name of the caller's real user, or null: the table was made without names, the user has none, or it
     * is not known yet. It is this machine's name, which a container's own users need not share.
     */
    public @Nullable ByteString userOf(EventView event) {
        return userOf(event.uid());
    }

    @Nullable
    ByteString userOf(long uid) {
        return users == null ? null : users.nameOf(uid);
    }

    /** Returns the name of the real user of a process event's process, as {@link #userOf(EventView)} does. */
    public @Nullable ByteString userOf(ProcessView event) {
        return userOf(event.uid());
    }

    /**
     * Returns what the node's container runtime says of a container, or null; {@link #absenceOf(Container)} says why.
     */
    public @Nullable ContainerDetails detailsOf(@Nullable Container container) {
        return containers == null || container == null ? null : containers.detailsOf(container);
    }

    /** Returns what the node's container runtime says of the caller's container, or null. */
    public @Nullable ContainerDetails detailsOf(EventView event) {
        return containers == null ? null : detailsOf(containerOf(event));
    }

    /**
     * Returns why {@link #detailsOf(Container)} returns null for a container, or null where the table was made without
     * names of containers.
     */
    public @Nullable ContainerAbsence absenceOf(Container container) {
        return containers == null ? null : containers.absenceOf(container);
    }

    /**
     * Returns the number of processes in the table, those that ended and are remembered among them. From any thread.
     */
    public int known() {
        return known;
    }

    /** Returns the number of process events that were refused, since no process can have their id. From any thread. */
    public long refused() {
        return refused;
    }

    /** Returns the number of ended processes that the table has given up some time after their end. From any thread. */
    public long forgotten() {
        return forgotten;
    }

    /**
     * Returns the number of processes that the table has given up for others, since it was full. Most will have ended,
     * and the events of their ends were lost or left out by a filter. From any thread.
     */
    public long evicted() {
        return evicted;
    }

    /**
     * Returns the number of images of which the table has kept neither arguments nor all ancestors, since it was short
     * of memory. From any thread.
     */
    public long shortened() {
        return shortened;
    }

    /** Returns the number of cgroups whose paths the table has given up for those of others. From any thread. */
    public long evictedCgroups() {
        return cgroups.evicted();
    }

    /** Returns the bytes that the images take, about. */
    long bytes() {
        return footprint.bytes();
    }

    /** Returns how often a process waits for the lineage of another one. */
    int waiting() {
        return waitingCount;
    }

    private void alive(ProcessView event) {
        Slot slot = slots.of(event.tgid(), event.startNanos());
        ProcessImage before = slot == null ? null : slot.newest;
        if (slot == null || before == null) {
            add(image(event, List.of(), event.parentTgid() != 0, Program.of(event), Optional.empty()));
        } else if (before.execId() < event.execId()) {
            // It has executed something while no server watched.
            add(image(event, before.ancestors(), before.hasMoreAncestors(), Program.of(event), Optional.empty()));
        } else if (before.execId() == event.execId() && before.programAbsence().isPresent()) {
            replace(slot, before.with(Program.of(event), Optional.empty()));
        }
        // Otherwise an event of the same image, or of a later one, says more.
        told(event, Slot.Ran.SOMETIME);
    }

    private void fork(ProcessView event) {
        Slot slot = slots.of(event.forkerTgid(), event.forkerStartNanos());
        ProcessImage forker = slot == null ? null : slot.newest;
        if (slot == null || forker == null) {
            add(image(event, List.of(), event.forkerTgid() != 0, Program.UNKNOWN, Optional.of(Absence.NOT_SEEN)));
            return;
        }
        // The child has its forker's image, if that is the one that the table knows.
        boolean isForkers = forker.execId() == event.execId();
        add(image(
                event,
                slot.lineage(isForkers ? Slot.Ran.AT_FORK : Slot.Ran.UNKNOWN),
                slot.isLineageCut(),
                isForkers ? forker.program() : Program.UNKNOWN,
                isForkers ? forker.programAbsence() : Optional.of(Absence.EXEC_MISSED)));
        Slot child = slots.of(event.tgid(), event.startNanos());
        if (child != null && slot.awaitedTgid != 0) {
            await(child, slot.awaitedTgid, slot.awaitedStartNanos, slot.awaitedRan);
        }
    }

    private void exec(ProcessView event) {
        Slot slot = slots.of(event.tgid(), event.startNanos());
        ProcessImage before = slot == null ? null : slot.newest;
        boolean isFirst = before == null;
        add(image(
                event,
                before == null ? List.of() : before.ancestors(),
                before == null ? event.parentTgid() != 0 : before.hasMoreAncestors(),
                Program.of(event),
                Optional.empty()));
        if (isFirst) {
            // No event told of its fork, so nobody knows what the parent ran then.
            told(event, Slot.Ran.UNKNOWN);
        }
    }

    /**
     * Gives the ancestors that are known to a process of whose fork no event told, and to those that have waited for
     * it: the events of those that were there come in the order of ids, and a child can have a lower one than its
     * parent.
     *
     * @param ran what is known of the program that the parent ran at the fork
     */
    private void told(ProcessView event, Slot.Ran ran) {
        Slot slot = slots.of(event.tgid(), event.startNanos());
        ProcessImage image = slot == null ? null : slot.newest;
        if (slot == null || image == null) {
            return;
        }
        if (image.ancestors().isEmpty() && event.parentTgid() != 0) {
            Slot parent = slots.of(event.parentTgid(), event.parentStartNanos());
            if (parent == null) {
                await(slot, event.parentTgid(), event.parentStartNanos(), ran);
            } else {
                slot.awaitedRan = ran;
                extend(slot, parent);
            }
        }
        List<Waiting> children = waiting.remove(slot.tgid);
        for (Waiting child : children == null ? List.<Waiting>of() : children) {
            waitingCount--;
            if (child.isOver()) {
                continue;
            }
            if (slot.isOf(child.slot.awaitedStartNanos) && slot.isOf(child.slot.container)) {
                extend(child.slot, slot);
            } else {
                await(child.slot, child.slot.awaitedTgid, child.slot.awaitedStartNanos, child.slot.awaitedRan);
            }
        }
    }

    /** Has a process wait for the one to which its lineage leads. */
    private void await(Slot slot, int tgid, long startNanos, Slot.Ran ran) {
        ProcessImage image = slot.newest;
        if (image == null || slot.tgid == tgid) {
            return;
        }
        if (waitingCount >= Math.min(waitingMost, capacity)) {
            leaveWaitingThatAreOver();
        }
        if (waitingCount >= capacity) {
            // The others keep the lineage that they have.
            waiting.clear();
            waitingCount = 0;
        }
        slot.awaitedTgid = tgid;
        slot.awaitedStartNanos = startNanos;
        slot.awaitedRan = ran;
        waiting.computeIfAbsent(tgid, key -> new ArrayList<>()).add(new Waiting(slot, image.startNanos()));
        waitingCount++;
    }

    /**
     * Gives up the waiting processes that the table no longer knows. Some wait for one of which no event ever tells, as
     * their children do. The next time is when there are twice as many as remain now, so each costs little.
     */
    private void leaveWaitingThatAreOver() {
        waitingCount = 0;
        for (Iterator<List<Waiting>> lists = waiting.values().iterator(); lists.hasNext(); ) {
            List<Waiting> list = lists.next();
            list.removeIf(Waiting::isOver);
            waitingCount += list.size();
            if (list.isEmpty()) {
                lists.remove();
            }
        }
        waitingMost = Math.max(CROWD, 2 * waitingCount);
    }

    /** Appends the process for which another one waits, and its ancestors, to the other's. */
    private void extend(Slot slot, Slot awaited) {
        List<Ancestor> farther = awaited.lineage(slot.awaitedRan);
        boolean cut = awaited.isLineageCut();
        long startNanos = slot.newest == null ? 0 : slot.newest.startNanos();
        ProcessImage before = slot.before;
        if (before != null && before.startNanos() == startNanos) {
            ProcessImage longer = longer(before, farther, cut);
            footprint.remove(before);
            footprint.add(longer);
            slot.before = longer;
        }
        if (slot.newest != null) {
            replace(slot, longer(slot.newest, farther, cut));
        }
        slot.awaitedTgid = 0;
        if (awaited.awaitedTgid != 0) {
            await(slot, awaited.awaitedTgid, awaited.awaitedStartNanos, awaited.awaitedRan);
        }
    }

    private static ProcessImage longer(ProcessImage image, List<Ancestor> farther, boolean cut) {
        List<Ancestor> all = image.ancestors().isEmpty() ? farther : Slot.joined(image.ancestors(), farther);
        return image.with(all, cut || image.ancestors().size() + farther.size() > all.size());
    }

    private void replace(Slot slot, ProcessImage image) {
        if (slot.newest != null) {
            footprint.remove(slot.newest);
        }
        footprint.add(image);
        slot.replace(image);
    }

    private void exit(ProcessView event) {
        Slot slot = slots.of(event.tgid(), event.startNanos());
        if (slot == null || slot.newest == null || slot.ended) {
            return;
        }
        slot.ended = true;
        slot.lastUse = ++uses;
        ended.add(slot.newest);
        if (ended.size() > remembered) {
            forget(ended.remove());
        }
    }

    /** Gives up a process that has ended, unless a later one has its place already. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void forget(ProcessImage image) {
        forgotten++;
        Slot slot = slots.of(image.tgid(), image.containerId().orElse(null));
        if (slot == null) {
            return;
        }
        if (slot.isOf(image.startNanos())) {
            remove(slot);
        } else if (slot.before != null && slot.before.startNanos() == image.startNanos()) {
            drop(slot, slot.before);
            slot.before = null;
        }
    }

    private void drop(Slot slot, @Nullable ProcessImage image) {
        if (image != null) {
            gone.add(slot.tgid, image.startNanos());
            footprint.remove(image);
        }
    }

    private void remove(Slot slot) {
        drop(slot, slot.newest);
        drop(slot, slot.before);
        slot.newest = null;
        slot.before = null;
        slots.remove(slot);
        known = slots.size();
    }

    /** Makes room for one more: of some that are chosen at random the one goes that was used least lately. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void evict() {
        Slot stalest = null;
        int count = slots.size();
        for (int i = 0; i < Math.min(count, LOOKS); i++) {
            Slot slot = slots.at(count <= LOOKS ? i : random.nextInt(count));
            if (stalest == null || slot.lastUse < stalest.lastUse) {
                stalest = slot;
            }
        }
        if (stalest == null) {
            return;
        }
        Slot slot = stalest;
        if (slot.ended) {
            ended.removeIf(image -> image.tgid() == slot.tgid
                    && slot.isOf(image.startNanos())
                    && slot.isOf(image.containerId().orElse(null)));
        }
        evicted++;
        remove(slot);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void add(ProcessImage whole) {
        if (whole.tgid() < 0 || whole.tgid() > Slots.LARGEST) {
            refused++;
            return;
        }
        ProcessImage image = whole;
        if (footprint.bytes() > ample && Footprint.of(whole) > SHARE) {
            image = Footprint.within(SHARE, whole);
            shortened++;
        }
        Slot slot = slots.of(image.tgid(), image.containerId().orElse(null));
        if (slot == null) {
            if (slots.size() >= capacity) {
                evict();
            }
            slot = slots.add(image.tgid(), image.containerId().orElse(null));
            known = slots.size();
        } else if (!slot.isOf(image.startNanos())) {
            slot.awaitedTgid = 0;
        }
        drop(slot, slot.before);
        footprint.add(image);
        slot.before = slot.newest;
        slot.replace(image);
        slot.ended = false;
        slot.lastUse = ++uses;
    }

    private static ProcessImage image(
            ProcessView event, List<Ancestor> ancestors, boolean more, Program program, Optional<Absence> absence) {
        return new ProcessImage(
                event.tgid(),
                event.startNanos(),
                event.execId(),
                event.nanos(),
                event.parentTgid(),
                event.parentStartNanos(),
                ancestors,
                more,
                event.ownTgid(),
                event.session(),
                Terminal.of(event),
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
                program,
                absence);
    }

    private @Nullable ProcessImage byKey(int tgid, long key) {
        for (Slot slot = key == 0 ? null : slots.first(tgid); slot != null; slot = slot.next) {
            ProcessImage newest = slot.newest;
            if (newest != null && newest.key() == key) {
                slot.lastUse = ++uses;
                return newest;
            }
            ProcessImage before = slot.before;
            if (before != null && before.key() == key) {
                slot.lastUse = ++uses;
                return before;
            }
        }
        return null;
    }
}
