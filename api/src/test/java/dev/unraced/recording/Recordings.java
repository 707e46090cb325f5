// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.event.Abi;
import dev.unraced.event.EventView;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** The records, captures and recordings that tests share. */
final class Recordings {
    static final CaptureStats STATS = CaptureStats.builder()
            .returned(10)
            .entered(4)
            .delivered(10)
            .pending(1)
            .lost(Map.of(LossReason.RING_FULL, 2L))
            .filtered(Map.of(FilterReason.SELF, 1L))
            .wakeups(5)
            .ringBytes(65_536)
            .stashBytes(4_096)
            .stash(StashStats.builder()
                    .puts(9)
                    .takes(8)
                    .evicted(7)
                    .reclaimed(6)
                    .stale(5)
                    .refused(4)
                    .live(3)
                    .capacity(2)
                    .build())
            .copiesMissed(6)
            .handlerFailures(2)
            .consuming(true)
            .sinceHandoverNanos(1_500)
            .heaviest(List.of(new CallerLosses(4_294_967_294L, 1L << 40, 2)))
            .build();

    private Recordings() {}

    static Capture capture() {
        Capture capture = mock();
        when(capture.driver()).thenReturn("fake");
        when(capture.capabilities())
                .thenReturn(Capabilities.complete()
                        .without(Syscall.OPENAT2, "it is\na \\fake = 1")
                        .without(Feature.CONTAINER_ID, "überall"));
        when(capture.mitigation()).thenReturn(Mitigation.STASH);
        when(capture.stats()).thenReturn(STATS);
        return capture;
    }

    static Capture captureWithProcesses() {
        Capture capture = capture();
        when(capture.processEvents()).thenReturn(true);
        return capture;
    }

    /** Returns the event of a process that executes a program, {@code number} milliseconds after boot. */
    static ProcessView alive() {
        ProcessEncoder encoder = new ProcessEncoder();
        encoder.begin(ProcessView.Type.ALIVE, 1)
                .sequence(0, 1)
                .process(4_711, 4_711, 1, 1)
                .finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot();
    }

    static ProcessView exec(int number) {
        ProcessEncoder encoder = new ProcessEncoder();
        encoder.begin(ProcessView.Type.EXEC, number * 1_000_000L)
                .sequence(0, number)
                .process(4_711, 4_711, 99, number)
                .path("/bin/sh".getBytes(StandardCharsets.UTF_8))
                .arguments("sh\0".repeat(number % 50).getBytes(StandardCharsets.UTF_8))
                .finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot();
    }

    /** Returns the open or the connect of a number, of varying size. */
    static byte[] event(int number) {
        return number % 5 == 4 ? connect(number) : open(number, "/" + "x".repeat(new Random(number).nextInt(300)));
    }

    static List<byte[]> events(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Recordings::event).toList();
    }

    /** Returns an open that returned {@code number} milliseconds after boot. */
    static byte[] open(int number, String path) {
        return at(number * 1_000_000L, number, path);
    }

    static byte[] at(long exitNanos, int number, String path) {
        RecordEncoder encoder = new RecordEncoder();
        encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .sequence(0, number)
                .call(exitNanos - 5_000, exitNanos, 3)
                .path(path.getBytes(StandardCharsets.UTF_8), Provenance.ENTER, Integrity.MATCH)
                .finishPartial();
        return encoder.toByteArray();
    }

    private static byte[] connect(int number) {
        RecordEncoder encoder = new RecordEncoder();
        encoder.begin(Syscall.CONNECT, Abi.NATIVE, Origin.IO_URING, Mitigation.OFF)
                .sequence(0, number)
                .call(number * 1_000_000L, number * 1_000_000L, -111)
                .address(new byte[] {2, 0, 0, 80, 127, 0, 0, 1}, 8, Provenance.KERNEL, Integrity.MATCH)
                .finishPartial();
        return encoder.toByteArray();
    }

    static EventView view(byte[] record) {
        // Records seldom start at the start of their memory.
        byte[] shifted = new byte[record.length + 16];
        System.arraycopy(record, 0, shifted, 16, record.length);
        return new RecordView().wrap(ByteBuffer.wrap(shifted).order(ByteOrder.LITTLE_ENDIAN), 16);
    }

    static byte[] bytes(EventView event) {
        return RecordView.of(event).toByteArray();
    }

    /** Returns a closed recording, with a block for each {@code perBlock} events. */
    static byte[] recording(List<byte[]> events, int perBlock) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (RecordingWriter writer = RecordingWriter.over(out, "test", capture())) {
            for (int i = 0; i < events.size(); i++) {
                writer.onEvent(view(events.get(i)));
                if ((i + 1) % perBlock == 0) {
                    writer.flush();
                }
            }
        }
        return out.toByteArray();
    }

    static RecordingReader reader(byte[] recording) {
        return RecordingReader.over(new ByteArrayInputStream(recording), "test.rec");
    }
}
