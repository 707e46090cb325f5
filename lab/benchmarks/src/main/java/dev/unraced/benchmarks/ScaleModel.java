// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.Meter;
import dev.unraced.benchmarks.measure.Table;
import dev.unraced.capture.EventHandler;
import dev.unraced.event.Abi;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.machine.SyscallNumbers;
import dev.unraced.ring.MergingReader;
import dev.unraced.ring.RingReader;
import dev.unraced.ring.RingWriter;
import dev.unraced.sizing.StashMemory;
import dev.unraced.stash.ArgStash;
import dev.unraced.stash.StashPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Models the load of larger machines on one thread: more calls in flight, more rings to merge. */
final class ScaleModel {
    private static final List<Integer> IN_FLIGHT = List.of(1, 100, 1_000, 10_000, 100_000);
    private static final List<Integer> RINGS = List.of(1, 2, 8, 32, 128);
    private static final int OPERATIONS = 500_000;
    private static final int BATCH = 4_096;
    private static final int BATCHES = 100;
    /** The bytes of all rings together, which is the driver's default. */
    private static final int RING_BYTES = 32 << 20;

    private static final double MEBI = 1 << 20;
    private static final int CALL = SyscallNumbers.OPENAT;

    private final Consumer<String> progress;
    private final RecordEncoder encoder = new RecordEncoder();
    private long seen;

    ScaleModel(Consumer<String> progress) {
        this.progress = progress;
    }

    List<Table> measure(int rounds) {
        return List.of(inFlight(rounds), rings(rounds));
    }

    private Table inFlight(int rounds) {
        List<Table.Row> rows = new ArrayList<>();
        for (int threads : IN_FLIGHT) {
            progress.accept(threads + " calls in flight");
            rows.add(Table.Row.of(
                    String.format("%,d", threads),
                    pass(StashPolicy.HASH, threads, rounds),
                    pass(StashPolicy.LRU, threads, rounds),
                    StashMemory.bpf(threads) / MEBI));
        }
        return new Table(
                "in-flight",
                "model: a call put into and taken from the stash in Java, by calls in flight beside it, processor ns",
                List.of(
                        new Table.Column("hash_ns", "hash", 0),
                        new Table.Column("lru_ns", "lru", 0),
                        new Table.Column("bpf_mib", "MiB as BPF hash map", 2)),
                rows,
                List.of());
    }

    /** A random thread ends its call and begins another. */
    private static double pass(StashPolicy policy, int threads, int rounds) {
        ArgStash stash = policy.newConfinedStash(threads, StashMemory.CALL_BYTES);
        ByteBuffer call = ByteBuffer.allocateDirect(StashMemory.CALL_BYTES);
        for (int thread = 1; thread <= threads; thread++) {
            stash.put(thread, thread, CALL, call.duplicate());
        }
        SplittableRandom random = new SplittableRandom(threads);
        double best = Double.MAX_VALUE;
        for (int round = 0; round <= rounds; round++) {
            Meter meter = new Meter();
            meter.start();
            for (int i = 0; i < OPERATIONS; i++) {
                int thread = 1 + random.nextInt(threads);
                call.clear();
                if (stash.take(thread, thread, CALL, call) != StashMemory.CALL_BYTES) {
                    throw new IllegalStateException("the call of " + thread + " is not there");
                }
                call.flip();
                stash.put(thread, thread, CALL, call);
            }
            meter.stop();
            // The first round warms up the compiler.
            best = round == 0 ? best : Math.min(best, meter.per(OPERATIONS).cpuNanos());
        }
        return best;
    }

    private Table rings(int rounds) {
        List<Table.Row> rows = new ArrayList<>();
        for (int count : RINGS) {
            progress.accept(count + (count == 1 ? " ring" : " rings"));
            rows.add(Table.Row.of(count + (count == 1 ? " ring" : " rings"), merge(count, rounds)));
        }
        return new Table(
                "rings",
                "model: an event read in the order of time from a ring for each CPU, processor ns",
                List.of(new Table.Column("poll_ns", "poll", 0)),
                rows,
                List.of());
    }

    /** Merges records that are spread over the rings at random, as by threads on that many CPUs. */
    private double merge(int count, int rounds) {
        List<RingWriter> writers = new ArrayList<>();
        List<RingReader> readers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RingWriter writer = new RingWriter(RING_BYTES / Integer.highestOneBit(Math.max(1, 2 * count - 1)));
            writers.add(writer);
            readers.add(writer.reader());
        }
        MergingReader reader = new MergingReader(readers);
        SplittableRandom random = new SplittableRandom(count);
        EventHandler look = event -> seen += event.result() + event.tid();
        double best = Double.MAX_VALUE;
        long time = 0;
        for (int round = 0; round <= rounds; round++) {
            Meter meter = new Meter();
            for (int batch = 0; batch < BATCHES; batch++) {
                for (int i = 0; i < BATCH; i++) {
                    time++;
                    int length = record(time);
                    if (!writers.get(random.nextInt(count)).write(encoder.buffer(), length)) {
                        throw new IllegalStateException("a ring is full");
                    }
                }
                meter.start();
                int read = reader.poll(look, BATCH);
                meter.stop();
                if (read != BATCH) {
                    throw new IllegalStateException(read + " events of " + BATCH);
                }
            }
            best = round == 0
                    ? best
                    : Math.min(best, meter.per((long) BATCHES * BATCH).cpuNanos());
        }
        return best;
    }

    private int record(long time) {
        return encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .call(time, time, 3)
                .path("/etc/hostname".getBytes(StandardCharsets.US_ASCII), Provenance.ENTER, Integrity.MATCH)
                .finishPartial();
    }
}
