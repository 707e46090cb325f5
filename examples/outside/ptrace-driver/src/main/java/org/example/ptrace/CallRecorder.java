// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

import com.sun.jna.Memory;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.FilterMatcher;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import dev.unraced.linux.OpenFlags;
import dev.unraced.natives.LibC;
import dev.unraced.ring.RingReader;
import dev.unraced.ring.RingWriter;
import dev.unraced.ring.SourceStats;
import dev.unraced.stash.ArgStash;
import dev.unraced.stash.StashPolicy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.example.ptrace.WatchedCall.Arguments;

/** Keeps the arguments of calls from their entries to their returns, and writes a record of each. Not thread-safe. */
final class CallRecorder {
    private static final byte[] NOTHING = {};

    private final CaptureConfig config;
    private final ArgStash stash;
    private final RingWriter ring;
    private final FilterMatcher filters;
    private final ByteBuffer entry = ByteBuffer.allocate(WatchedCall.STASH_BYTES);
    private final RecordEncoder record = new RecordEncoder();
    private final RecordView view = new RecordView();
    private final TaskMemory memory = new TaskMemory();
    private final ProcFiles proc = new ProcFiles();
    private final Memory time = new Memory(2 * Long.BYTES);
    private final Map<FilterReason, Long> filtered = new EnumMap<>(FilterReason.class);
    private long returned;
    private long sequence;

    CallRecorder(CaptureConfig config) {
        this.config = config;
        this.stash = StashPolicy.HASH.newConfinedStash(config.stashEntries(), WatchedCall.STASH_BYTES);
        this.ring = new RingWriter(config.ringBytes());
        this.filters = new FilterMatcher(config.filters(), (cgroup, wanted) -> false);
    }

    RingReader reader() {
        return ring.reader();
    }

    long startNanos(int tid) {
        return proc.startNanos(tid);
    }

    /** Takes the snapshot of a call that enters. */
    void entered(Task task, WatchedCall call) {
        task.call = call;
        if (call.mode() != Mitigation.OFF) {
            call.read(memory, task.tid, now()).writeTo(entry);
            stash.put(task.tid, task.startNanos, call.stashKey(), entry);
        }
    }

    /** Writes the record of a call that returns, while its thread is still stopped. */
    void returned(Task task, long result) {
        WatchedCall call = task.call;
        task.call = null;
        record.begin(call.syscall(), call.abi(), Origin.SYSCALL, call.mode());
        if (!proc.encodeCaller(task.tid, record)) {
            // The call does not return to a thread that was killed. Its entry is discarded when its end is seen.
            return;
        }
        returned++;
        boolean isAwaited = call.mode() != Mitigation.OFF;
        entry.clear();
        int taken = isAwaited ? stash.take(task.tid, task.startNanos, call.stashKey(), entry) : ArgStash.MISSING;
        Arguments early = taken < 0 ? null : Arguments.readFrom(entry.flip());
        Arguments late = call.read(memory, task.tid, now());
        record.sequence(0, sequence + 1).call(early == null ? 0 : early.nanos(), late.nanos(), result);
        if (isAwaited && early == null) {
            record.flag(EventFlag.ENTER_MISSED).flags(taken == ArgStash.REFUSED ? EventFlag.STASH_FULL.mask() : 0);
        }
        if (call.syscall() == Syscall.CONNECT) {
            encodeConnect(call, early, late);
        } else {
            encodeOpen(call, early, late);
            if (result >= 0) {
                proc.encodeFile(task.tid, result, record);
                record.flags(task.isSharing ? EventFlag.FD_TABLE_SHARED.mask() : 0);
            }
        }
        publish(record.finish());
    }

    private void publish(int length) {
        FilterReason reason = filters.reason(view.wrap(record.buffer(), 0));
        if (reason != null) {
            filtered.merge(reason, 1L, Long::sum);
            return;
        }
        sequence++;
        ring.write(record.buffer(), length);
    }

    private void encodeOpen(WatchedCall call, Arguments early, Arguments late) {
        long[] registers = call.registers();
        boolean hasDirectory = call.syscall() == Syscall.OPENAT || call.syscall() == Syscall.OPENAT2;
        record.dirfd(hasDirectory ? (int) registers[0] : OpenFlags.AT_FDCWD);
        Chosen path = choose(call, early == null ? null : early.main(), late.main());
        record.path(path.bytes, path.provenance, path.integrity);
        switch (call.syscall()) {
            case OPENAT2 -> {
                Chosen how = choose(call, early == null ? null : early.extra(), late.extra());
                record.how(
                        WatchedCall.field(how.bytes, 0),
                        WatchedCall.field(how.bytes, 1),
                        WatchedCall.field(how.bytes, 2),
                        registers[3],
                        how.provenance,
                        how.integrity);
            }
            case CREAT -> encodeHow(OpenFlags.CREAT_FLAGS, registers[1]);
            case OPEN -> encodeHow(registers[1], registers[2]);
            default -> encodeHow(registers[2], registers[3]);
        }
    }

    private void encodeHow(long flags, long mode) {
        record.how(flags & 0xffffffffL, mode & 0xffffffffL, 0, 0, Provenance.KERNEL, Integrity.MATCH);
    }

    private void encodeConnect(WatchedCall call, Arguments early, Arguments late) {
        byte[] block = null;
        if (call.isIndirect()) {
            Chosen chosen = choose(call, early == null ? null : early.extra(), late.extra());
            block = chosen.provenance == Provenance.NONE ? null : chosen.bytes;
            record.block(chosen.provenance, chosen.integrity);
        }
        int addrlen = call.addrlen(block);
        Chosen address = addrlen < 0
                ? new Chosen(NOTHING, Provenance.NONE, Integrity.UNCHECKED)
                : choose(call, early == null ? null : early.main(), late.main());
        record.fd(call.fd(block)).address(address.bytes, addrlen, address.provenance, address.integrity);
        if (addrlen > 128) {
            record.flag(EventFlag.TRUNCATED);
        }
    }

    private record Chosen(byte[] bytes, Provenance provenance, Integrity integrity) {}

    /** Chooses between what was read at the entry and at the return, and flags what was not readable at the entry. */
    private Chosen choose(WatchedCall call, byte[] early, byte[] late) {
        if (early == null && call.mode() != Mitigation.OFF) {
            record.flag(EventFlag.FAULTED);
        }
        if (early != null) {
            boolean isChanged = config.integrity() && late != null && !Arrays.equals(early, late);
            return new Chosen(early, Provenance.ENTER, isChanged ? Integrity.CHANGED : Integrity.UNCHECKED);
        }
        return late == null
                ? new Chosen(NOTHING, Provenance.NONE, Integrity.UNCHECKED)
                : new Chosen(late, Provenance.EXIT, Integrity.UNCHECKED);
    }

    /** Forgets the call of a thread that ended in it. */
    void ended(int tid) {
        stash.discard(tid);
    }

    /** Forgets all calls under way. */
    void close() {
        stash.clear();
    }

    SourceStats stats(long wakeups) {
        Map<LossReason, Long> lost = ring.full() == 0 ? Map.of() : Map.of(LossReason.RING_FULL, ring.full());
        long stashBytes = (long) stash.capacity() * stash.entryBytes();
        return SourceStats.builder()
                .returned(returned)
                .submitted(ring.submitted())
                .lost(lost)
                .filtered(Map.copyOf(filtered))
                .wakeups(wakeups)
                .ringBytes(ring.ringBytes())
                .stashBytes(stashBytes)
                .stash(stash.stats())
                .build();
    }

    private long now() {
        return LibC.nanos(LibC.CLOCK_BOOTTIME, time);
    }
}
