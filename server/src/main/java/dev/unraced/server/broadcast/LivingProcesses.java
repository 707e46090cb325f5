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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The living processes of a shared capture, as its process events told them. Whoever begins to read later is told of
 * them first, as the capture was when it opened (R16.5). Bounded: further processes are left out, and a reader then
 * does not know them. For the consumer's thread only.
 */
final class LivingProcesses {
    private static final int MOST = 65_536;
    /** The source of these events, which no CPU has. */
    private static final int SOURCE = ~0;
    /** What the events of living processes carry beside the fixed part. */
    private static final int[] KEPT = {ProcessLayout.RESOLVED, ProcessLayout.CGROUP, ProcessLayout.CONTAINER};

    private static final int[] LEFT_OUT = {ProcessLayout.PATH, ProcessLayout.INTERPRETER, ProcessLayout.ARGUMENTS};

    /** The record of each process that is alive. */
    private final Map<Id, byte[]> records = new HashMap<>();

    /** Every sandbox counts its processes from 1; elsewhere events name no container. */
    private record Id(int tgid, ByteString container) {
        static Id of(ProcessView event) {
            return of(event.tgid(), event);
        }

        static Id of(int tgid, ProcessView event) {
            return new Id(tgid, event.containerId().toByteString());
        }
    }

    private long lastNanos;

    void update(ProcessView event) {
        lastNanos = Math.max(lastNanos, event.nanos());
        switch (event.type()) {
            case FORK ->
                put(Id.of(event), inheriting(event, find(Id.of(event.forkerTgid(), event), event.forkerStartNanos())));
            case EXEC, ALIVE -> put(Id.of(event), alive(event, event));
            case EXEC_FAILED -> {
                // The process has the image that it had.
            }
            case EXIT -> {
                if (find(Id.of(event), event.startNanos()) != null) {
                    records.remove(Id.of(event));
                }
            }
        }
    }

    /** Returns copies of all records, numbered as their source wants it. */
    List<byte[]> records() {
        List<byte[]> copies = new ArrayList<>(records.size());
        for (byte[] record : records.values()) {
            byte[] copy = record.clone();
            ByteBuffer buffer = over(copy);
            buffer.putInt(ProcessLayout.SOURCE, SOURCE);
            buffer.putLong(ProcessLayout.SEQUENCE, copies.size() + 1L);
            buffer.putLong(ProcessLayout.TIME_NS, lastNanos);
            copies.add(copy);
        }
        return copies;
    }

    private byte @Nullable [] find(Id id, long startNanos) {
        byte[] record = records.get(id);
        return record != null && over(record).getLong(ProcessLayout.START_NS) == startNanos ? record : null;
    }

    private void put(Id id, byte[] record) {
        if (records.size() < MOST || records.containsKey(id)) {
            records.put(id, record);
        }
    }

    /** Returns the record of a child, which runs its forker's program as far as that is known. */
    private static byte[] inheriting(ProcessView child, byte @Nullable [] forker) {
        return alive(child, forker == null ? null : new ProcessRecordView().wrap(over(forker), 0));
    }

    /** Returns the record of a living process: who it is by one event, and what it executes by another. */
    private static byte[] alive(ProcessView event, @Nullable ProcessView program) {
        byte[] head = Arrays.copyOf(ProcessRecordView.of(event).toByteArray(), ProcessLayout.FIXED_SIZE);
        ByteBuffer fixed = over(head);
        fixed.put(ProcessLayout.TYPE, (byte) ProcessLayout.TYPE_ALIVE);
        for (int field : LEFT_OUT) {
            fixed.putInt(field, 0);
        }
        fixed.putInt(ProcessLayout.ARGUMENTS_SIZE, 0);
        fixed.putInt(ProcessLayout.STATUS, 0);
        fixed.putInt(ProcessLayout.CALL, 0);
        for (int at = ProcessLayout.CAPABILITIES_BEFORE; at < ProcessLayout.FIXED_SIZE; at += Integer.BYTES) {
            fixed.putInt(at, 0);
        }
        int aboutArguments = EventFlag.TRUNCATED.mask() | EventFlag.FAULTED.mask();
        fixed.putInt(ProcessLayout.FLAGS, program == null ? 0 : program.flags() & ~aboutArguments);
        fixed.putLong(ProcessLayout.INODE, program == null ? 0 : program.inode());
        fixed.putInt(ProcessLayout.DEVICE_MAJOR, program == null ? 0 : program.deviceMajor());
        fixed.putInt(ProcessLayout.DEVICE_MINOR, program == null ? 0 : program.deviceMinor());
        byte[][] parts = parts(program, event);
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
    private static byte[][] parts(@Nullable ProcessView program, ProcessView event) {
        boolean same = program != null && program.cgroupId() == event.cgroupId();
        return new byte[][] {
            program == null ? new byte[0] : program.executable().toByteString().toByteArray(),
            same ? program.cgroupPath().toByteString().toByteArray() : new byte[0],
            event.containerId().toByteString().toByteArray()
        };
    }

    private static ByteBuffer over(byte[] record) {
        return ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    }
}
