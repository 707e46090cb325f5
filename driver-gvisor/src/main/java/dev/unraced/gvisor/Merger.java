// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static dev.unraced.linux.Errno.ENAMETOOLONG;
import static dev.unraced.linux.Errno.ENOENT;
import static dev.unraced.linux.OpenFlags.AT_FDCWD;
import static dev.unraced.linux.OpenFlags.CREAT_FLAGS;

import dev.unraced.capture.StashStats;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.gvisor.HeldCalls.Kind;
import dev.unraced.gvisor.session.Sysno;
import dev.unraced.stash.ArgStash;
import dev.unraced.stash.EntryFields;
import dev.unraced.stash.StashPolicy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one event from the points of a call (R1.1). A sentry sends up to four frames for a call: at entry and at the
 * return, a <em>raw</em> point with the registers alone, and then a <em>payload</em> point with the data behind a
 * pointer. The sentry reads that data from the application's memory, at another time than the call's own copy. A raw
 * point without a payload point means that the sentry withheld it.
 *
 * <p>One thread at a time. Allocates nothing for a call.
 */
final class Merger {
    private static final Logger LOG = LoggerFactory.getLogger(Merger.class);

    /** The number of calls that can wait at once. */
    private static final int HELD = 4096;
    /**
     * The time limit for the payload point of a return. It is much more than a sentry waits between two attempts to
     * send, since thousands of threads may wait for each other there.
     */
    private static final long EXIT_PAIR_NANOS = 2_000_000_000L;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long WORD = 0xffff_ffffL;
    private static final int CLONE_FILES = 0x400;

    /** The longest address that a sentry reads: maxAddrLen of pkg/sentry/syscalls/linux/sys_socket.go. */
    private static final int LONGEST_ADDRESS = 200;

    private final GvisorSettings settings;
    private final Publisher publisher;
    /** Null without process events. */
    private final @Nullable ProcessMerger processes;

    private final int watched;
    private final ArgStash stash;
    private final HeldCalls held = new HeldCalls(HELD);
    private final EntryFields entry = new EntryFields(RecordBuilder.LARGEST);
    private final FrameDecoder decoder = new FrameDecoder();
    private final Frame frame = new Frame();
    private final List<Connection> connections = new ArrayList<>();
    /** The sandboxes that have the ids of containers. */
    private final Map<ByteBuffer, Connection> owners = new HashMap<>();

    private volatile Mitigation mitigation;
    private volatile boolean isClosing;
    private RecordBuilder record = new RecordBuilder();
    private long now;

    private long returned;
    private long dropped;
    private long malformed;
    /** The calls that the stash first refused, and then had room for. */
    private long rescued;

    Merger(GvisorSettings settings, Publisher publisher) {
        this.settings = settings;
        this.publisher = publisher;
        this.processes = settings.processEvents() ? new ProcessMerger(publisher, settings.integrity()) : null;
        this.mitigation = settings.mode();
        this.watched =
                settings.syscalls().stream().mapToInt(call -> 1 << call.code()).sum();
        this.stash = StashPolicy.HASH.newConfinedStash(settings.stashEntries(), RecordBuilder.LARGEST);
    }

    Mitigation mitigation() {
        return mitigation;
    }

    /** Switches the mode for calls that enter from now on; any thread (R12.1, R12.2, R12.3). */
    void switchTo(Mitigation mode) {
        mitigation = mode;
    }

    void begin(Connection connection) {
        connections.add(connection);
    }

    /**
     * Merges a frame.
     *
     * @param bytes an array that begins with the frame
     * @param nanoTime the approximate time of its arrival
     */
    void accept(Connection from, byte[] bytes, int length, long nanoTime) {
        now = nanoTime;
        from.frames++;
        if (!decoder.decode(bytes, length, frame) || !isAttributable(from)) {
            malformed(from);
            return;
        }
        long missing = from.newlyDropped(frame.dropped, now);
        if (missing < 0) {
            malformed(from);
        } else if (missing > 0) {
            drops(from, missing);
        }
        if (processes != null && frame.tid > 0 && frame.tgid > 0) {
            processes.before(from, frame);
            process(from, processes);
        }
        switch (frame.type) {
            case Frame.RAW -> raw(from);
            case Frame.OPEN, Frame.CONNECT -> payload(from);
            case Frame.CLOSE, Frame.READ -> use(from);
            case Frame.CLONE -> cloned(from);
            case Frame.CONTAINER_START -> from.single.set(frame.tgid);
            case Frame.TASK_EXIT -> ended(from, frame.tid);
            default -> {}
        }
    }

    /** Passes the points of processes on. */
    private void process(Connection from, ProcessMerger processes) {
        switch (frame.type) {
            case Frame.CONTAINER_START -> processes.started(from, frame, container(from));
            case Frame.EXEC -> processes.exec(from, frame, container(from));
            case Frame.CLONE -> {
                if (isSoundClone()) {
                    processes.cloned(from, frame, container(from));
                }
            }
            case Frame.TASK_EXIT -> {
                // The thread's last call is an event before its end.
                finish(from, frame.tid);
                processes.ended(from, frame, container(from), now);
            }
            case Frame.RAW, Frame.EXEC_CALL -> {
                if (Sysno.isExec(frame.sysno)) {
                    processes.called(from, frame, container(from), mitigation, now);
                }
            }
            default -> {}
        }
    }

    /** Counts a frame that makes no sense, and goes on (R14.1). */
    void malformed(Connection from) {
        from.malformed++;
        malformed++;
    }

    /** Gives up calls that are past their deadline. */
    void expire(long nanoTime) {
        now = nanoTime;
        for (RecordBuilder overdue = held.overdue(nanoTime); overdue != null; overdue = held.overdue(nanoTime)) {
            giveUp(overdue.connection, overdue.tid);
        }
        if (processes != null) {
            processes.expire(nanoTime);
        }
    }

    /** Returns whether calls wait for a frame. */
    boolean isWaiting() {
        return !held.isEmpty() || (processes != null && processes.isWaiting());
    }

    /** Says that streams end from now on because the capture does, and not their processes; any thread. */
    void closing() {
        isClosing = true;
    }

    /**
     * Ends a sandbox's stream. The count of drops after its last frame is unknown, as only a next frame would carry it.
     */
    void end(Connection connection, boolean wasUnderPressure) {
        for (int tid = connection.alive.nextSetBit(0); tid >= 0; tid = connection.alive.nextSetBit(tid + 1)) {
            finish(connection, tid);
        }
        for (int tid = connection.anyStashed(); tid >= 0; tid = connection.anyStashed()) {
            stash.discard(connection.key(tid));
            connection.stashed(tid, false);
        }
        if (wasUnderPressure && !connection.alive.isEmpty()) {
            drops(connection, 1);
            LOG.warn(
                    "Sandbox {} ended while its frames piled up: what its {} threads did last may be missing, and counts"
                            + " as one loss",
                    connection.number,
                    connection.alive.cardinality());
        }
        if (processes != null) {
            processes.end(connection, isClosing ? 0 : System.currentTimeMillis() * NANOS_PER_MILLI);
        }
        connections.remove(connection);
        freeContainers(connection);
    }

    /** Takes over a count of dropped frames from another source; it may exceed the count in the frames. */
    void droppedInAll(Connection connection, long count) {
        if (count > connection.dropped) {
            drops(connection, count - connection.dropped);
            connection.dropped = count;
        }
    }

    /** Ends all calls: waiting calls are published as they are, and running calls are reclaimed (R6.5). */
    void end() {
        while (!held.isEmpty()) {
            RecordBuilder oldest = held.oldest();
            giveUp(oldest.connection, oldest.tid);
        }
        if (processes != null) {
            processes.end();
        }
        stash.clear();
    }

    /** Counts frames that a sentry dropped as losses (R8.1). */
    private void drops(Connection from, long count) {
        dropped += count;
        // A dropped frame may have reported another thread, or a shared table.
        from.single.clear();
        if (processes != null) {
            processes.uncertain(from);
        }
    }

    private boolean isAttributable(Connection from) {
        if (frame.type != Frame.CONTAINER_START && frame.type > Frame.EXEC_CALL) {
            return true;
        }
        if (frame.tid < 0
                || frame.tid >= Connection.THREAD_LIMIT
                || frame.tgid < 0
                || frame.tgid >= Connection.THREAD_LIMIT
                || frame.containerLength > Connection.MAX_CONTAINER_ID) {
            return false;
        }
        if (frame.tid > 0) {
            from.alive.set(frame.tid);
        }
        return frame.tid > 0 || !isCall();
    }

    private boolean isCall() {
        return frame.type >= Frame.RAW && frame.type <= Frame.EXEC_CALL;
    }

    private void raw(Connection from) {
        Syscall call = Sysno.watched(frame.sysno);
        if (call == null) {
            guard(from);
        } else if (isWatched(call)) {
            from.witnesses = true;
            if (frame.exit) {
                rawExit(from, call);
            } else {
                rawEnter(from, call);
            }
        }
    }

    private void rawEnter(Connection from, Syscall call) {
        giveUpExitPair(from);
        if (held.kind(from, frame.tid) == Kind.FD_PATH && held.peek(from, frame.tid).closing) {
            giveUp(from, frame.tid);
        }
        from.seen.set(frame.tid);
        if (mitigation == Mitigation.OFF) {
            return;
        }
        record.clear();
        record.syscall = call;
        record.mitigation = mitigation;
        record.enterNanos = frame.timeNanos;
        registers();
        put(from, call);
    }

    /** A call that failed (R3.1, R3.3), or that a signal interrupted (R6.3), returns like any other. */
    private void rawExit(Connection from, Syscall call) {
        begin(from, call);
        registers();
        hold(Kind.EXIT_PAIR, EXIT_PAIR_NANOS);
    }

    private void payload(Connection from) {
        Syscall call = Sysno.watched(frame.sysno);
        if (call == null || !isWatched(call) || call.isOpenLike() != (frame.type == Frame.OPEN)) {
            return;
        }
        if (frame.exit) {
            payloadExit(from, call);
        } else {
            payloadEnter(from, call);
        }
    }

    /**
     * Reads the argument at the entry (R2.1). A thread that rewrites it while the call blocks cannot change the event
     * (R2.2, R2.3).
     */
    private void payloadEnter(Connection from, Syscall call) {
        giveUpExitPair(from);
        boolean seen = from.seen.get(frame.tid);
        if (!seen && mitigation == Mitigation.OFF) {
            return;
        }
        record.clear();
        record.syscall = call;
        // The raw point has made the entry in its mode, if any; the mode may have changed since.
        record.mitigation = seen ? Mitigation.STASH : mitigation;
        record.enterNanos = frame.timeNanos;
        record.hasPayload = true;
        fields();
        if (frame.argumentLength > 0) {
            record.argument(frame.bytes, frame.argumentAt, frame.argumentLength, Provenance.ENTER);
        }
        if (record.length > RecordLayout.PATH_MAX) {
            record.flags |= EventFlag.TRUNCATED.mask();
        }
        record.pass(entry.write());
        boolean known = stash.amend(from.key(frame.tid), frame.startNanos, call.code(), entry.written());
        // After a raw point, a missing entry means that the stash refused it, or that the mode was off.
        if (!known && !seen) {
            put(from, call);
        }
    }

    private void payloadExit(Connection from, Syscall call) {
        if (held.kind(from, frame.tid) == Kind.EXIT_PAIR && isSameCall(held.peek(from, frame.tid), call)) {
            record = held.release(from, frame.tid, record);
        } else if (from.pending.get(frame.tid)) {
            from.pending.clear(frame.tid);
            return;
        } else {
            begin(from, call);
            fields();
        }
        comm();
        judge();
        if (isFdPathAwaited(from)) {
            hold(Kind.FD_PATH, settings.fdPathNanos());
        } else {
            publisher.publish(record);
        }
    }

    private boolean isSameCall(RecordBuilder waiting, Syscall call) {
        return waiting.syscall == call && waiting.startNanos == frame.startNanos;
    }

    /**
     * Begins the event of a returned call, with its raw result (R1.2, R1.3) and its entry from the stash (R4.1, R4.2,
     * R4.3).
     */
    private void begin(Connection from, Syscall call) {
        finish(from, frame.tid);
        from.seen.clear(frame.tid);
        from.pending.clear(frame.tid);
        record.clear();
        int found = stash.take(from.key(frame.tid), frame.startNanos, call.code(), entry.room());
        from.stashed(frame.tid, false);
        if (found >= 0) {
            record.pass(entry.read());
        } else {
            record.mitigation = mitigation;
            missed(found);
        }
        record.connection = from;
        record.syscall = call;
        record.tid = frame.tid;
        record.tgid = frame.tgid;
        record.startNanos = frame.startNanos;
        record.uid = frame.uid;
        record.gid = frame.gid;
        record.container = container(from);
        if (processes != null) {
            processes.identify(from, frame, record);
        }
        record.exitNanos = frame.timeNanos;
        record.result = frame.rawResult();
        comm();
        returned++;
    }

    /** Flags a call that has no entry, and why (R5.2). */
    private void missed(int found) {
        if (record.mitigation == Mitigation.OFF) {
            return;
        }
        record.flags |= EventFlag.ENTER_MISSED.mask();
        if (found == ArgStash.REFUSED) {
            record.flags |= EventFlag.STASH_FULL.mask();
        }
    }

    /** Reads the fields of a raw point: registers, as the caller passed them (R2.9, R2.10). */
    private void registers() {
        long[] args = frame.args;
        record.hasPointer = true;
        switch (record.syscall) {
            case OPEN -> open(args[0], AT_FDCWD, args[1], args[2]);
            case CREAT -> open(args[0], AT_FDCWD, CREAT_FLAGS, args[1]);
            case CONNECT -> {
                record.fd = (int) args[0];
                record.pointer = args[1];
                record.addrlen = (int) args[2];
            }
            default -> open(args[1], (int) args[0], args[2], args[3]);
        }
    }

    private void open(long pointer, int dirfd, long flags, long mode) {
        record.pointer = pointer;
        record.fd = dirfd;
        record.openFlags = flags & WORD;
        record.mode = mode & WORD;
    }

    /** Reads the fields of a payload point, which has fewer: a sentry leaves out what it thinks is of no interest. */
    private void fields() {
        if (record.isOpenLike()) {
            record.fd = record.syscall == Syscall.OPENAT ? (int) frame.fd : AT_FDCWD;
            record.openFlags = record.syscall == Syscall.CREAT ? CREAT_FLAGS : frame.flags;
            record.mode = frame.mode;
        } else {
            record.fd = (int) frame.fd;
            record.addrlen = frame.argumentLength;
        }
    }

    private void comm() {
        if (frame.commLength > 0) {
            record.commLength = Math.min(frame.commLength, record.comm.length);
            System.arraycopy(frame.bytes, frame.commAt, record.comm, 0, record.commLength);
        }
        Arrays.fill(record.comm, record.commLength, record.comm.length, (byte) 0);
    }

    private int container(Connection from) {
        int index = from.containerIndex(frame.bytes, frame.containerAt, frame.containerLength);
        return index >= 0 ? index : newContainer(from);
    }

    /**
     * Adds a container, unless its id belongs to another sandbox, or there are too many. So no sandbox can attribute
     * its events to another's container.
     */
    private int newContainer(Connection from) {
        byte[] id = Arrays.copyOfRange(frame.bytes, frame.containerAt, frame.containerAt + frame.containerLength);
        Connection owner = owners.get(ByteBuffer.wrap(id));
        int index = owner == null ? from.addContainer(id) : 0;
        if (index > 0) {
            owners.put(ByteBuffer.wrap(id), from);
            return index;
        }
        from.refuseContainer(id);
        if (!from.isWarnedOfContainer) {
            from.isWarnedOfContainer = true;
            if (owner == null) {
                LOG.warn(
                        "Sandbox {} has more than {} containers; the events of further ones name none",
                        from.number,
                        from.containerCount() - 1);
            } else {
                LOG.warn(
                        "Sandbox {} uses the id of a container of sandbox {}; its events name no container",
                        from.number,
                        owner.number);
            }
        }
        return 0;
    }

    /** Frees the ids of a sandbox that has ended, also for those that used one of them too early. */
    private void freeContainers(Connection connection) {
        for (int i = 1; i < connection.containerCount(); i++) {
            owners.remove(ByteBuffer.wrap(connection.container(i)));
        }
        connections.forEach(Connection::allowContainers);
    }

    /**
     * Compares the argument read at the return with the argument read at entry: CHANGED if they differ (R2.29). Without
     * integrity nothing is compared (R2.38). An argument that could not be read at entry says so (R2.4, R2.5), and in
     * mode off each is read here (R2.18).
     */
    private void judge() {
        boolean read = frame.argumentLength > 0;
        boolean entered = (record.flags & EventFlag.ENTER_MISSED.mask()) == 0 && record.mitigation != Mitigation.OFF;
        if (record.provenance == Provenance.ENTER) {
            if (read && settings.integrity() && differs()) {
                record.integrity = Integrity.CHANGED;
            }
            return;
        }
        if (entered && !record.hasPayload) {
            record.flags |= EventFlag.WITHHELD.mask();
        }
        if (read) {
            record.argument(frame.bytes, frame.argumentAt, frame.argumentLength, Provenance.EXIT);
            if (record.length > RecordLayout.PATH_MAX) {
                record.flags |= EventFlag.TRUNCATED.mask();
            }
            if (entered && record.hasPayload) {
                record.flags |= EventFlag.FAULTED.mask();
            }
        } else {
            judgeAbsent(entered);
        }
    }

    /**
     * Judges an argument that was never read: the sentry sends the same for an empty, a too long and a missing
     * argument. It is absent (R2.7, R2.8, R2.28), or present and empty (R10.4).
     */
    private void judgeAbsent(boolean entered) {
        Provenance where = entered && record.hasPayload ? Provenance.ENTER : Provenance.EXIT;
        int fault = entered && record.hasPayload ? EventFlag.FAULTED.mask() : 0;
        if (record.isOpenLike()) {
            if (record.hasPointer && record.pointer == 0) {
                record.flags |= fault;
            } else if (record.result == -ENOENT) {
                record.provenance = where;
            } else if (record.result == -ENAMETOOLONG) {
                record.flags |= EventFlag.TRUNCATED.mask();
            } else {
                record.flags |= fault;
            }
        } else if (record.addrlen == 0) {
            record.provenance = where;
        } else if (record.addrlen > LONGEST_ADDRESS) {
            record.flags |= EventFlag.TRUNCATED.mask();
        } else if (record.addrlen > 0) {
            record.flags |= fault;
        }
    }

    private boolean differs() {
        int length = Math.min(frame.argumentLength, record.argument.length);
        int from = frame.argumentAt;
        return Arrays.mismatch(record.argument, 0, record.length, frame.bytes, from, from + length) >= 0;
    }

    private boolean isFdPathAwaited(Connection from) {
        return settings.fdPathNanos() > 0 && record.hasOpened() && from.single.get(record.tgid);
    }

    /** Reads a raw point that affects a descriptor whose file is not known yet. */
    private void guard(Connection from) {
        if (frame.exit || held.kind(from, frame.tid) != Kind.FD_PATH) {
            return;
        }
        RecordBuilder waiting = held.peek(from, frame.tid);
        if (waiting.closing) {
            // The payload point would have come before this one; the number may belong to another file by now.
            giveUp(from, frame.tid);
            return;
        }
        switch (Sysno.effect(frame.sysno)) {
            case CLOSES -> {
                if (frame.args[0] == waiting.result) {
                    waiting.closing = true;
                }
            }
            case REPLACES -> {
                if (frame.args[1] == waiting.result) {
                    giveUp(from, frame.tid);
                }
            }
            case CLOSES_MANY -> giveUp(from, frame.tid);
            case NONE -> {}
        }
    }

    /** Reads a use of a descriptor, which has the path of the file behind it. */
    private void use(Connection from) {
        if (frame.exit || held.kind(from, frame.tid) != Kind.FD_PATH) {
            return;
        }
        RecordBuilder waiting = held.peek(from, frame.tid);
        boolean isIts = frame.fd == waiting.result && frame.startNanos == waiting.startNanos;
        // A raw point precedes the path and is never withheld. A path without it belongs to another file.
        boolean isCertain = waiting.closing == (frame.type == Frame.CLOSE);
        if (isIts && isCertain) {
            resolve(waiting);
        }
        if (isIts || waiting.closing) {
            giveUp(from, frame.tid);
        }
    }

    private void resolve(RecordBuilder waiting) {
        int at = frame.fdPathAt;
        int length = frame.fdPathLength;
        if (length == 0
                || frame.bytes[at] != '/'
                || length > RecordLayout.PATH_MAX
                || ResolvedPaths.nameLength(frame.bytes, at, length) < length) {
            return;
        }
        waiting.resolve(frame.bytes, at, length);
        boolean isComparable = waiting.provenance == Provenance.ENTER
                && waiting.integrity == Integrity.UNCHECKED
                && waiting.length > 0
                && waiting.argument[0] == '/';
        if (settings.integrity()
                && isComparable
                && Arrays.mismatch(waiting.argument, 0, waiting.length, frame.bytes, at, at + length) >= 0) {
            waiting.integrity = Integrity.DIFFERS;
        }
    }

    private boolean isSoundClone() {
        return frame.createdTid > 0
                && frame.createdTid < Connection.THREAD_LIMIT
                && frame.createdTgid > 0
                && frame.createdTgid < Connection.THREAD_LIMIT;
    }

    private void cloned(Connection from) {
        boolean shared = (frame.cloneFlags & CLONE_FILES) != 0;
        if (!isSoundClone()) {
            malformed(from);
            return;
        }
        from.alive.set(frame.createdTid);
        if (frame.createdTgid == frame.tgid || shared) {
            from.single.clear(frame.tgid);
            from.single.clear(frame.createdTgid);
        } else {
            from.single.set(frame.createdTgid);
        }
    }

    private void hold(Kind kind, long nanos) {
        if (held.isFull()) {
            makePlace(record.connection);
        }
        record = held.hold(record, kind, now + nanos);
    }

    /**
     * Gives up a waiting call of the sandbox with the most of them, so that none takes places from a sandbox below its
     * share. Among equals the needy one gives up its own.
     */
    private void makePlace(Connection needy) {
        Connection richest = needy;
        for (Connection connection : connections) {
            if (connection.held.count() > richest.held.count()) {
                richest = connection;
            }
        }
        giveUp(richest, held.oldest(richest).tid);
    }

    /**
     * A thread that makes another call has returned from its last one: the point that the last call waits for will not
     * come.
     */
    private void giveUpExitPair(Connection from) {
        if (held.kind(from, frame.tid) == Kind.EXIT_PAIR) {
            giveUp(from, frame.tid);
            from.pending.clear(frame.tid);
        }
    }

    private void finish(Connection from, int tid) {
        if (held.kind(from, tid) != null) {
            giveUp(from, tid);
        }
    }

    /** Publishes a waiting call as it is. */
    private void giveUp(Connection from, int tid) {
        RecordBuilder waiting = held.peek(from, tid);
        if (held.kind(from, tid) == Kind.EXIT_PAIR) {
            waiting.flags |= EventFlag.WITHHELD.mask();
            from.pending.set(tid);
        }
        publisher.publish(waiting);
        held.remove(from, tid);
    }

    /** Removes what is left of a thread that ended (R6.1, R6.2). */
    private void ended(Connection from, int tid) {
        if (tid == 0) {
            return;
        }
        finish(from, tid);
        stash.discard(from.key(tid));
        from.stashed(tid, false);
        from.seen.clear(tid);
        from.pending.clear(tid);
        from.alive.clear(tid);
        from.single.clear(tid);
    }

    private void put(Connection from, Syscall call) {
        record.pass(entry.write());
        ByteBuffer bytes = entry.written();
        long key = from.key(frame.tid);
        ArgStash.Put outcome = stash.put(key, frame.startNanos, call.code(), bytes);
        if (outcome == ArgStash.Put.REFUSED && makeRoom(from)) {
            outcome = stash.put(key, frame.startNanos, call.code(), bytes);
            rescued++;
        }
        from.stashed(frame.tid, outcome != ArgStash.Put.REFUSED);
    }

    /** Makes room in the stash for a sandbox below its share, at the cost of the sandbox furthest above its share. */
    private boolean makeRoom(Connection needy) {
        int share = stash.capacity() / Math.max(1, connections.size());
        Connection richest = null;
        for (Connection connection : connections) {
            if (connection.stashedCount() > share
                    && (richest == null || connection.stashedCount() > richest.stashedCount())) {
                richest = connection;
            }
        }
        if (richest == null || richest == needy || needy.stashedCount() >= share) {
            return false;
        }
        int tid = richest.anyStashed();
        stash.discard(richest.key(tid));
        richest.stashed(tid, false);
        return true;
    }

    /** Returns whether the configuration asks for a call (R1.9). */
    private boolean isWatched(Syscall call) {
        return (watched >>> call.code() & 1) != 0;
    }

    /** Returns the number of calls that returned, with the frames that may have been a return. */
    long returned() {
        return returned + dropped + malformed;
    }

    long dropped() {
        return dropped;
    }

    long malformed() {
        return malformed;
    }

    StashStats stashStats() {
        StashStats stats = stash.stats();
        return stats.toBuilder().refused(stats.refused() - rescued).build();
    }

    long stashBytes() {
        return (long) stash.capacity() * stash.entryBytes();
    }
}
