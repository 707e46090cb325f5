// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.EventHandler;
import dev.unraced.event.EventView;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.testing.Allocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingWriterTest {
    private static final long SECOND = 1_000_000_000;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final RecordingWriter writer = RecordingWriter.over(out, "test", Recordings.capture());

    @Test
    void whatWasRecordedIsReadAgainByteForByte() {
        List<byte[]> events = Recordings.events(3_000);
        events.forEach(event -> writer.onEvent(Recordings.view(event)));
        writer.close();

        try (RecordingReader reader = Recordings.reader(out.toByteArray())) {
            assertThat(reader.driver()).isEqualTo("fake");
            assertThat(reader.capabilities().lacking())
                    .isEqualTo(Recordings.capture()
                            .capabilities()
                            .without(Feature.PROCESS_EVENTS, "the recording was made without process events")
                            .lacking());
            assertThat(reader.mitigation()).contains(Mitigation.STASH);
            assertThat(readAll(reader)).containsExactlyElementsOf(events);
            assertThat(reader.stats()).contains(Recordings.STATS);
        }
        assertThat(writer.events()).isEqualTo(3_000);
        assertThat(writer.bytes()).isEqualTo(out.size());
    }

    @Test
    void aProcessThatWasThereTellsNothingOfTheClock() {
        try (RecordingWriter processes = RecordingWriter.over(out, "test", Recordings.captureWithProcesses())) {
            // A server tells of it with the time at which its image began.
            processes.onProcess(Recordings.alive());
            processes.onEvent(Recordings.view(Recordings.event(100_000)));
        }
        EventView call = Recordings.view(Recordings.event(100_000));
        byte[] file = Arrays.copyOfRange(out.toByteArray(), (int) writer.bytes(), out.size());
        try (RecordingReader reader = Recordings.reader(file)) {
            assertThat(readAll(reader)).hasSize(1);
            long recorded = reader.wallOffsetNanos() + call.nanos();
            assertThat(recorded / SECOND).isCloseTo(System.currentTimeMillis() / 1_000, Offset.offset(20L));
        }
    }

    @Test
    void processEventsStandBetweenTheEventsOfCalls() {
        List<byte[]> written = new ArrayList<>();
        try (RecordingWriter processes = RecordingWriter.over(out, "test", Recordings.captureWithProcesses())) {
            for (int i = 1; i <= 3_000; i++) {
                EventView call = Recordings.view(Recordings.event(i));
                ProcessView exec = Recordings.exec(i);
                processes.onEvent(call);
                processes.onProcess(exec);
                written.add(Recordings.bytes(call));
                written.add(ProcessRecordView.of(exec).toByteArray());
            }
        }

        List<byte[]> read = new ArrayList<>();
        byte[] file = Arrays.copyOfRange(out.toByteArray(), (int) writer.bytes(), out.size());
        try (RecordingReader reader = Recordings.reader(file)) {
            assertThat(reader.capabilities().has(Feature.PROCESS_EVENTS)).isTrue();
            EventHandler handler = new EventHandler() {
                @Override
                public void onEvent(EventView event) {
                    read.add(Recordings.bytes(event));
                }

                @Override
                public void onProcess(ProcessView event) {
                    read.add(ProcessRecordView.of(event).toByteArray());
                }
            };
            while (reader.poll(handler, 7) > 0) {
                // Each iteration reads a few.
            }
            assertThat(reader.stats()).isPresent();
        }
        assertThat(read).containsExactlyElementsOf(written);
        assertThat(ByteBuffer.wrap(file).order(RecordingFormat.ORDER).getShort(RecordingFormat.FILE_VERSION))
                .isEqualTo((short) RecordingFormat.PROCESSES);
    }

    @Test
    void aRecordingWithoutProcessEventsIsAsBeforeThereWereAny() {
        assertThatIllegalStateException().isThrownBy(() -> writer.onProcess(Recordings.exec(1)));
        writer.close();

        assertThat(ByteBuffer.wrap(out.toByteArray())
                        .order(RecordingFormat.ORDER)
                        .getShort(RecordingFormat.FILE_VERSION))
                .isEqualTo((short) RecordingFormat.CALLS);
    }

    @Test
    void aRecordingWithoutEventsHasItsStatistics() {
        writer.close();

        try (RecordingReader reader = Recordings.reader(out.toByteArray())) {
            assertThat(readAll(reader)).isEmpty();
            assertThat(reader.stats()).contains(Recordings.STATS);
        }
    }

    @Test
    void aBlockIsWrittenWhenItIsFull() {
        byte[] event = Recordings.open(1, "/x".repeat(1_000));
        int before = out.size();
        for (int bytes = 0; bytes + event.length < RecordingFormat.BLOCK_TARGET; bytes += event.length) {
            writer.onEvent(Recordings.view(event));
        }
        assertThat(out.size()).isEqualTo(before);
        assertThat(writer.events()).isZero();

        writer.onEvent(Recordings.view(event));
        assertThat(out.size()).isGreaterThan(before);
        assertThat(writer.events()).isEqualTo(RecordingFormat.BLOCK_TARGET / event.length + 1);
    }

    @Test
    void aBlockIsWrittenASecondAfterItsFirstEvent() {
        writer.onEvent(Recordings.view(Recordings.at(5 * SECOND, 1, "/a")));
        writer.onEvent(Recordings.view(Recordings.at(6 * SECOND - 1, 2, "/b")));
        assertThat(writer.events()).isZero();

        writer.onEvent(Recordings.view(Recordings.at(6 * SECOND, 3, "/c")));
        assertThat(writer.events()).isEqualTo(3);

        writer.onEvent(Recordings.view(Recordings.at(6 * SECOND + 1, 4, "/d")));
        assertThat(writer.events()).isEqualTo(3);
        writer.flush();
        assertThat(writer.events()).isEqualTo(4);
    }

    @Test
    void theTimeOfDayComesBack() {
        long before = System.currentTimeMillis() * 1_000_000;
        writer.onEvent(Recordings.view(Recordings.at(7 * SECOND, 1, "/a")));
        writer.close();
        long after = System.currentTimeMillis() * 1_000_000;

        try (RecordingReader reader = Recordings.reader(out.toByteArray())) {
            reader.poll(
                    event -> assertThat(event.exitNanos() + reader.wallOffsetNanos())
                            .isBetween(before, after),
                    1);
            assertThat(reader.wallOffsetNanos()).isNotZero();
        }
    }

    @Test
    void anotherBootOfTheMachineHasItsOwnTimeOfDay() {
        long before = System.currentTimeMillis() * 1_000_000;
        for (long time : new long[] {0, 7_000, 7_000, 20, 21, 6_990, 6_991}) {
            writer.onEvent(Recordings.view(Recordings.at(time * SECOND, 1, "/a")));
        }
        writer.close();
        long after = System.currentTimeMillis() * 1_000_000;

        List<Long> offsets = new ArrayList<>();
        try (RecordingReader reader = Recordings.reader(out.toByteArray())) {
            while (reader.poll(
                            event -> {
                                offsets.add(reader.wallOffsetNanos());
                                if (event.exitNanos() > 0) {
                                    assertThat(event.exitNanos() + reader.wallOffsetNanos())
                                            .as("of %d", event.exitNanos())
                                            .isBetween(before, after + SECOND);
                                }
                            },
                            1)
                    > 0) {
                // The loop goes on to the end.
            }
        }
        assertThat(offsets.get(0)).as("of an unknown time").isEqualTo(offsets.get(1));
    }

    @Test
    void aFileIsForItsOwnerOnlyAndIsNotOverwrittenByChance() throws IOException {
        Path file = directory.resolve("a.rec");
        RecordingWriter.open(file, Recordings.capture()).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        assertThatExceptionOfType(RecordingException.class)
                .isThrownBy(() -> RecordingWriter.open(file, Recordings.capture()))
                .withMessage("Recording " + file + " exists already. Choose another name, or remove it.");
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(readAll(reader)).isEmpty();
        }
    }

    @Test
    void aCaptureThatCannotAnswerLeavesNoFile() throws IOException {
        Capture silent = Recordings.capture();
        when(silent.mitigation())
                .thenThrow(new CaptureException("the server is away"))
                .thenReturn(Mitigation.OFF);
        Path file = directory.resolve("a.rec");
        assertThatThrownBy(() -> RecordingWriter.open(file, silent)).hasMessage("the server is away");
        assertThat(file).doesNotExist();
        RecordingWriter.open(file, silent).close();

        when(silent.mitigation()).thenThrow(new CaptureException("it is away again"));
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> RecordingWriter.replace(file, silent)).hasMessage("it is away again");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void aRecordingIsClosedWithoutStatisticsWhenItsCaptureThrows() {
        Capture silent = Recordings.capture();
        when(silent.stats()).thenThrow(new IllegalStateException("the module tells no statistics"));
        Disk disk = new Disk(1 << 20);
        RecordingWriter cut = RecordingWriter.over(disk, "test", silent);
        cut.onEvent(Recordings.view(Recordings.event(1)));

        assertThatThrownBy(cut::close).hasMessage("the module tells no statistics");
        assertThat(disk.closed).isEqualTo(1);
        cut.close();
        assertThat(disk.closed).isEqualTo(1);
        try (RecordingReader reader = Recordings.reader(disk.content.toByteArray())) {
            List<byte[]> read = new ArrayList<>();
            assertThatExceptionOfType(RecordingException.class)
                    .isThrownBy(() -> readInto(reader, read))
                    .matches(RecordingException::isCutShort);
            assertThat(read).containsExactly(Recordings.event(1));
        }
    }

    @Test
    void replacingLeavesNothingOfWhatWasThere() throws IOException {
        Path file = Files.write(directory.resolve("a.rec"), new byte[100_000]);
        try (RecordingWriter replaced = RecordingWriter.replace(file, Recordings.capture())) {
            replaced.onEvent(Recordings.view(Recordings.event(1)));
        }
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(readAll(reader)).containsExactly(Recordings.event(1));
        }
        RecordingWriter.replace(directory.resolve("new.rec"), Recordings.capture())
                .close();
        assertThat(directory.resolve("new.rec")).exists();
    }

    @Test
    void aFileThatCannotBeCreatedSaysWhy() {
        Path file = directory.resolve("missing/a.rec");
        assertThatExceptionOfType(RecordingException.class)
                .isThrownBy(() -> RecordingWriter.open(file, Recordings.capture()))
                .withMessage("Recording " + file + " cannot be created: No such file or directory.");
        assertThatExceptionOfType(RecordingException.class)
                .isThrownBy(() -> RecordingWriter.replace(directory, Recordings.capture()))
                .withMessage("Recording " + directory + " cannot be created: Is a directory.");
    }

    @Test
    void aFullDiskIsToldOnceAndWhatWasWrittenIsRead() {
        Disk disk = new Disk(4_000);
        RecordingWriter full = RecordingWriter.over(disk, "/data/x.rec", Recordings.capture());
        List<byte[]> events = Recordings.events(1_000);
        int written = 0;
        RecordingException failure = null;
        for (byte[] event : events) {
            try {
                full.onEvent(Recordings.view(event));
                full.flush();
                written += failure == null ? 1 : 0;
            } catch (RecordingException e) {
                assertThat(failure).isNull();
                failure = e;
            }
        }
        full.close();

        assertThat(failure)
                .hasMessageContaining("Recording /data/x.rec cannot be written: No space left on device. Its first ")
                .hasMessageContaining("Make room");
        assertThat(full.events()).isEqualTo(written).isPositive();
        assertThat(disk.closed).isEqualTo(1);
        try (RecordingReader reader = Recordings.reader(disk.content.toByteArray())) {
            List<byte[]> read = new ArrayList<>();
            assertThatExceptionOfType(RecordingException.class)
                    .isThrownBy(() -> readInto(reader, read))
                    .matches(RecordingException::isCutShort);
            assertThat(read).containsExactlyElementsOf(events.subList(0, written));
        }
    }

    @Test
    void aDeviceThatIsFullFromTheStartIsNoRecording() {
        assertThatExceptionOfType(RecordingException.class)
                .isThrownBy(() -> RecordingWriter.replace(Path.of("/dev/full"), Recordings.capture()))
                .withMessageContaining("Recording /dev/full cannot be written: No space left on device.");
    }

    @Test
    void anInterruptSpoilsNothing() {
        Path file = directory.resolve("a.rec");
        Thread.currentThread().interrupt();
        try (RecordingWriter interrupted = RecordingWriter.open(file, Recordings.capture())) {
            interrupted.onEvent(Recordings.view(Recordings.event(1)));
        }
        assertThat(Thread.interrupted()).isTrue();
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(readAll(reader)).containsExactly(Recordings.event(1));
        }
    }

    @Test
    void recordingAllocatesNothing() {
        RecordingWriter sink = RecordingWriter.over(OutputStream.nullOutputStream(), "nowhere", Recordings.capture());
        EventView event = Recordings.view(Recordings.event(1));

        Allocation.assertNone(() -> sink.onEvent(event));

        assertThat(sink.events()).isPositive();
    }

    static List<byte[]> readAll(RecordingReader reader) {
        List<byte[]> read = new ArrayList<>();
        readInto(reader, read);
        return read;
    }

    static void readInto(RecordingReader reader, List<byte[]> read) {
        while (reader.poll(event -> read.add(Recordings.bytes(event)), 100) > 0) {
            // The loop goes on to the end.
        }
    }

    /** A stream that accepts a limited number of bytes, and the fitting part of a larger write. */
    private static final class Disk extends OutputStream {
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private final int size;
        private int closed;

        Disk(int size) {
            this.size = size;
        }

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException("not byte by byte");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int room = Math.min(length, size - content.size());
            content.write(bytes, offset, room);
            if (room < length) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
