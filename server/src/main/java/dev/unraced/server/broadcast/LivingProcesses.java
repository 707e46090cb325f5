// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.ProcessLayout;
import dev.unraced.event.ProcessView;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.record.ProcessRecordView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The living processes of a shared capture, as its process events reported them. A later subscriber first gets these
 * processes as events, parents before their children, as the capture did when it opened (R16.5). Each has the time, the
 * credentials, the parent and the cgroup of the event that told of its image last. The number is bounded: when it is
 * reached, a process that has ended unseen is removed, or else each in turn, and is counted. Beyond an amount of
 * memory, long paths of executables are cut. For the consumer's thread only, but for the counts.
 */
final class LivingProcesses {
    private static final int MOST = 65_536;
    /** The processes that are looked at, when there is no room, whether they have ended. */
    private static final int LOOKS = 16;
    /** Beyond so many bytes of records the path of a further executable is cut. */
    private static final long AMPLE = 32 << 20;
    /** The end of a path that remains then. */
    private static final int SHORT_PATH = 128;
    /** The source of these events, which no CPU has. */
    private static final int SOURCE = ~0;
    /** The bytes that events of living processes carry beside the fixed part. */
    private static final int[] KEPT = {ProcessLayout.RESOLVED, ProcessLayout.CGROUP, ProcessLayout.CONTAINER};

    private static final int[] LEFT_OUT = {ProcessLayout.PATH, ProcessLayout.INTERPRETER, ProcessLayout.ARGUMENTS};

    /** The record of each process that is alive; those come first that were not looked at for longest. */
    private final Map<Id, byte[]> records = new LinkedHashMap<>();

    private final int most;
    private final long ample;
    private final IntPredicate isGone;
    private long bytes;
    // One thread writes, and others may read.
    private volatile int known;
    private volatile long evicted;

    /** @param isGone says of the id of a process that no process has it */
    LivingProcesses(IntPredicate isGone) {
        this(MOST, AMPLE, isGone);
    }

    LivingProcesses(int most, long ample, IntPredicate isGone) {
        this.most = most;
        this.ample = ample;
        this.isGone = isGone;
    }

    /** Every sandbox counts its processes from 1; elsewhere events name no container. */
    private record Id(int tgid, ByteString container) {
        static Id of(ProcessView event) {
            return of(event.tgid(), event);
        }

        static Id of(int tgid, ProcessView event) {
            return new Id(tgid, event.containerId().toByteString());
        }
    }

    /** Returns the number of processes. From any thread. */
    int known() {
        return known;
    }

    /** Returns the number of processes that were given up for others, and may live. From any thread. */
    long evicted() {
        return evicted;
    }

    void update(ProcessView event) {
        switch (event.type()) {
            case FORK -> {
                byte[] forker = find(Id.of(event.forkerTgid(), event), event.forkerStartNanos());
                put(Id.of(event), inheriting(event, forker));
            }
            case EXEC, ALIVE -> put(Id.of(event), alive(event, event, event));
            case EXEC_FAILED -> {
                // The process has the image that it had.
            }
            case EXIT -> {
                if (find(Id.of(event), event.startNanos()) != null) {
                    remove(Id.of(event));
                }
            }
        }
        known = records.size();
    }

    /** Returns copies of all records, in the order in which the processes began, numbered as their source wants it. */
    List<byte[]> records() {
        List<byte[]> copies = new ArrayList<>(records.size());
        for (byte[] record : records.values()) {
            copies.add(record.clone());
        }
        copies.sort(Comparator.comparingLong(record -> over(record).getLong(ProcessLayout.START_NS)));
        long sequence = 0;
        for (byte[] copy : copies) {
            over(copy).putInt(ProcessLayout.SOURCE, SOURCE).putLong(ProcessLayout.SEQUENCE, ++sequence);
        }
        return copies;
    }

    private byte @Nullable [] find(Id id, long startNanos) {
        byte[] record = records.get(id);
        return record != null && over(record).getLong(ProcessLayout.START_NS) == startNanos ? record : null;
    }

    private void put(Id id, byte[] record) {
        remove(id);
        if (records.size() >= most) {
            makeRoom();
        }
        records.put(id, record);
        bytes += record.length;
    }

    private void remove(Id id) {
        byte[] record = records.remove(id);
        bytes -= record == null ? 0 : record.length;
    }

    /** Looks at some processes, others at each time, and gives up one: of an end that was lost there is no event. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void makeRoom() {
        for (int i = 0; i < LOOKS; i++) {
            Id id = records.keySet().iterator().next();
            byte[] record = Objects.requireNonNull(records.remove(id));
            if (id.container.length() == 0 && isGone.test(id.tgid)) {
                bytes -= record.length;
                return;
            }
            records.put(id, record);
        }
        remove(records.keySet().iterator().next());
        evicted++;
    }

    /** Returns the record of a child, which runs its forker's program as far as that is known. */
    private byte[] inheriting(ProcessView child, byte @Nullable [] record) {
        ProcessView forker = record == null ? null : new ProcessRecordView().wrap(over(record), 0);
        // Otherwise the forker has executed another program, of which no event told.
        boolean isForkers = forker != null && forker.execId() == child.execId();
        return alive(child, isForkers ? forker : null, forker);
    }

    /**
     * Returns the record of a living process.
     *
     * @param event says who it is
     * @param program says what it executes; null where nobody knows
     * @param place has the path of its cgroup, if it is in the same one
     */
    private byte[] alive(ProcessView event, @Nullable ProcessView program, @Nullable ProcessView place) {
        byte[] head = Arrays.copyOf(ProcessRecordView.of(event).toByteArray(), ProcessLayout.FIXED_SIZE);
        ByteBuffer fixed = over(head);
        fixed.put(ProcessLayout.TYPE, (byte) ProcessLayout.TYPE_ALIVE);
        fixed.putInt(ProcessLayout.TID, event.tgid());
        for (int field : LEFT_OUT) {
            fixed.putInt(field, 0);
        }
        fixed.putInt(ProcessLayout.ARGUMENTS_SIZE, 0);
        fixed.putInt(ProcessLayout.STATUS, 0);
        fixed.putInt(ProcessLayout.CALL, 0);
        for (int at = ProcessLayout.CAPABILITIES_BEFORE; at < ProcessLayout.TERMINAL; at += Integer.BYTES) {
            fixed.putInt(at, 0);
        }
        // The process may have given up since what it had then.
        fixed.putInt(ProcessLayout.TERMINAL, ProcessLayout.TERMINAL_UNKNOWN);
        int aboutArguments = EventFlag.TRUNCATED.mask() | EventFlag.FAULTED.mask();
        fixed.putInt(ProcessLayout.FLAGS, program == null ? 0 : program.flags() & ~aboutArguments);
        fixed.putLong(ProcessLayout.INODE, program == null ? 0 : program.inode());
        fixed.putInt(ProcessLayout.DEVICE_MAJOR, program == null ? 0 : program.deviceMajor());
        fixed.putInt(ProcessLayout.DEVICE_MINOR, program == null ? 0 : program.deviceMinor());
        byte[][] parts = parts(event, program, place);
        if (bytes > ample && parts[0].length > SHORT_PATH) {
            parts[0] = Arrays.copyOfRange(parts[0], parts[0].length - SHORT_PATH, parts[0].length);
            int flags = fixed.getInt(ProcessLayout.FLAGS) | EventFlag.RESOLVED_TRUNCATED.mask();
            fixed.putInt(ProcessLayout.FLAGS, flags);
        }
        int end = ProcessLayout.FIXED_SIZE;
        byte[] record =
                Arrays.copyOf(head, RecordLayout.align(end + parts[0].length + parts[1].length + parts[2].length));
        ByteBuffer whole = over(record);
        for (int i = 0; i < KEPT.length; i++) {
            whole.putInt(KEPT[i], parts[i].length == 0 ? 0 : parts[i].length << Short.SIZE | end);
            System.arraycopy(parts[i], 0, record, end, parts[i].length);
            end += parts[i].length;
        }
        whole.putInt(ProcessLayout.LENGTH, record.length);
        return record;
    }

    /** A cgroup's path is that of its id: a child that was forked into another cgroup is not in its forker's. */
    private static byte[][] parts(ProcessView event, @Nullable ProcessView program, @Nullable ProcessView place) {
        boolean same = place != null && place.cgroupId() == event.cgroupId();
        return new byte[][] {
            program == null ? new byte[0] : program.executable().toByteString().toByteArray(),
            same ? place.cgroupPath().toByteString().toByteArray() : new byte[0],
            event.containerId().toByteString().toByteArray()
        };
    }

    private static ByteBuffer over(byte[] record) {
        return ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    }
}
