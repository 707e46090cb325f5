// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.capture.EventHandler;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.ring.RingReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Measures the reader's share of an event: finding it in the ring, checking it, and reading its fields. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingReaderBenchmark {
    private static final int PAGE = 4096;
    private static final int RING = 1 << 20;
    private static final int EVENTS = 1000;

    private ByteBuffer producer = ByteBuffer.allocateDirect(0);
    private RingReader reader =
            new RingReader(ByteBuffer.allocateDirect(PAGE), ByteBuffer.allocateDirect(PAGE + 2 * RING), PAGE, RING);
    private int batchBytes;
    private long position;
    private byte[] target = new byte[PAGE];
    private final EventHandler nothing = event -> {};
    private EventHandler looking = nothing;

    /** Fills the ring with opens; a benchmark then moves the producer's position over them again and again. */
    @Setup
    public void fill(Blackhole hole) {
        looking = event -> look(event, hole);
        producer = ByteBuffer.allocateDirect(PAGE + 2 * RING).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer consumer = ByteBuffer.allocateDirect(PAGE).order(ByteOrder.LITTLE_ENDIAN);
        byte[] path = ByteString.utf8("/etc/hostname").toByteArray();
        RecordEncoder encoder = new RecordEncoder();
        encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .call(1, 2, 3)
                .thread(10, 10, 1, 1)
                .comm(ByteString.utf8("open-loop").toByteArray())
                .dirfd(-100)
                .path(path, Provenance.ENTER, Integrity.UNCHECKED)
                .how(0, 0, 0, 0, Provenance.KERNEL, Integrity.MATCH)
                .file(path, 254, 0, 42);
        int length = encoder.finishPartial();
        int step = RecordLayout.align(length) + 8;
        // The ring wraps, and any position that it comes round to must have a record.
        int size = Integer.highestOneBit(step - 1) << 1;
        batchBytes = EVENTS * size;
        for (int at = PAGE; at < PAGE + 2 * RING; at += size) {
            producer.putInt(at, length);
            producer.put(at + 8, encoder.buffer(), 0, length);
            if (step < size) {
                producer.putInt(at + step, (size - step - 8) | 1 << 30);
            }
        }
        reader = new RingReader(consumer, producer.asReadOnlyBuffer(), PAGE, RING);
    }

    private void produce() {
        position += batchBytes;
        producer.putLong(0, position);
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int poll() {
        produce();
        return reader.poll(nothing, EVENTS);
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int pollAndLook() {
        produce();
        return reader.poll(looking, EVENTS);
    }

    private void look(EventView event, Blackhole hole) {
        hole.consume(event.syscall());
        hole.consume(event.result());
        hole.consume(event.tid());
        hole.consume(event.path().provenance());
        hole.consume(event.path().copyTo(target, 0));
        hole.consume(event.resolvedPath().copyTo(target, 0));
    }
}
