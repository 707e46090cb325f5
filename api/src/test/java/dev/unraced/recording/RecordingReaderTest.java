// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import static dev.unraced.recording.RecordingFormat.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.unraced.event.record.ProcessRecordView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingReaderTest {
    private static final List<byte[]> EVENTS = Recordings.events(20);

    private final byte[] good = Recordings.recording(EVENTS, 5);
    private final int firstBlock = FILE_HEADER_SIZE + buffer(good).getInt(FILE_TEXT_LENGTH);
    private final int firstBlockSize = BLOCK_HEADER_SIZE + buffer(good).getInt(firstBlock + BLOCK_STORED_LENGTH);
    private final int secondBlock = firstBlock + firstBlockSize;
    private final int secondBlockSize = BLOCK_HEADER_SIZE + buffer(good).getInt(secondBlock + BLOCK_STORED_LENGTH);

    @Test
    void theLimitHoldsAndTheEndStaysTheEnd() {
        try (RecordingReader reader = Recordings.reader(good)) {
            List<byte[]> read = new ArrayList<>();
            while (reader.poll(event -> read.add(Recordings.bytes(event)), 1) > 0) {
                assertThat(reader.stats()).isEmpty();
            }
            assertThat(read).containsExactlyElementsOf(EVENTS);
            assertThat(reader.poll(event -> {}, 1)).isZero();
            assertThat(reader.stats()).isPresent();
            assertThatIllegalArgumentException().isThrownBy(() -> reader.poll(event -> {}, 0));
        }
    }

    @Test
    void anEventWhoseHandlerThrewIsNotHandedOverAgain() {
        try (RecordingReader reader = Recordings.reader(good)) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> reader.poll(
                            event -> {
                                throw new IllegalStateException("no");
                            },
                            10));
            assertThat(RecordingWriterTest.readAll(reader)).containsExactlyElementsOf(EVENTS.subList(1, 20));
        }
    }

    @Test
    void otherFilesAreNoRecordings(@TempDir Path directory) throws IOException {
        assertThatOpening(new byte[0]).withMessageContaining("test.rec is not a recording");
        assertThatOpening("UNRACREC".substring(0, 7).getBytes(StandardCharsets.US_ASCII))
                .withMessageContaining("test.rec is not a recording");
        assertThatOpening("{\"time\":\"2026-01-01T00:00:00Z\"}".getBytes(StandardCharsets.US_ASCII))
                .withMessageContaining("test.rec is not a recording");

        Path absent = directory.resolve("absent");
        assertThatExceptionOfType(RecordingException.class)
                .isThrownBy(() -> RecordingReader.open(absent))
                .withMessage("Recording " + absent + " cannot be opened: No such file or directory.");
        assertThatExceptionOfType(RecordingException.class)
                .isThrownBy(() -> RecordingReader.open(directory))
                .withMessageContaining(directory + " cannot be read at byte 0: Is a directory.");
        Path text = Files.writeString(directory.resolve("text"), "text");
        assertThatExceptionOfType(RecordingException.class)
                .isThrownBy(() -> RecordingReader.open(text))
                .withMessageStartingWith(text + " is not a recording");
    }

    @Test
    void aProcessEventInAFileOfTheFirstVersionIsDamage() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(good, 0, firstBlock);
        byte[] exec = ProcessRecordView.of(Recordings.exec(1)).toByteArray();
        new BlockWriter(out).write(KIND_RECORDS, exec, exec.length, 1, 0);
        try (RecordingReader reader = Recordings.reader(out.toByteArray())) {
            assertThatExceptionOfType(RecordingException.class)
                    .isThrownBy(() -> reader.poll(event -> {}, 1))
                    .withMessageContaining("its content at 0 is no record");
        }
    }

    @Test
    void aNewerVersionIsNamed() {
        buffer(good).putShort(FILE_VERSION, (short) 7);
        assertThatOpening(good)
                .withMessage("test.rec has format version 7, which is newer than 2:"
                        + " read it with a newer version of this library.");

        buffer(good).putShort(FILE_VERSION, (short) 1).putShort(FILE_LAYOUT, (short) 2);
        assertThatOpening(good).withMessageContaining("record layout version 2, which is newer than 1");
    }

    @Test
    void aDamagedHeaderOfTheFileIsNoHeader() {
        good[FILE_HEADER_SIZE + 3] ^= 1;
        assertThatOpening(good).withMessage("test.rec: the header at byte 0 is damaged: its checksum is wrong.");

        buffer(good).putInt(FILE_TEXT_LENGTH, -1);
        assertThatOpening(good).withMessageContaining("its text would have 4,294,967,295 bytes");
    }

    @Test
    void aBlockThatIsCutShortComesAfterAllThatIsWhole() {
        byte[] cut = Arrays.copyOf(good, secondBlock + secondBlockSize - 9);
        assertThatReading(cut, 5)
                .withMessage("test.rec: the block at byte " + secondBlock + " is cut short: " + (secondBlockSize - 9)
                        + " of " + secondBlockSize + " bytes are there.")
                .matches(RecordingException::isCutShort);

        byte[] inHeader = Arrays.copyOf(good, secondBlock + 3);
        assertThatReading(inHeader, 5)
                .withMessage("test.rec: the header of the block at byte " + secondBlock
                        + " is cut short: 3 of 28 bytes are there.")
                .matches(RecordingException::isCutShort);
    }

    @Test
    void aFileWithoutItsEndIsCutShortToo() {
        byte[] cut = Arrays.copyOf(good, secondBlock + secondBlockSize);
        assertThatReading(cut, 10)
                .withMessageContaining("test.rec ends at byte " + cut.length + " without its last block")
                .matches(RecordingException::isCutShort);
    }

    @Test
    void aDamagedBlockIsNotHandedOver() {
        good[secondBlock + BLOCK_HEADER_SIZE + 10] ^= 0x20;
        assertThatReading(good, 5)
                .withMessage("test.rec: the block at byte " + secondBlock + " is damaged: its checksum is wrong.")
                .matches(e -> !e.isCutShort());
    }

    @Test
    void lengthsAreBoundedBeforeMemoryIsTaken() {
        buffer(good).putInt(secondBlock + BLOCK_STORED_LENGTH, Integer.MAX_VALUE);
        assertThatReading(good, 5).withMessageContaining("it would have 2,147,483,647 bytes stored, and 262,144");

        buffer(good).putInt(secondBlock + BLOCK_STORED_LENGTH, 10).putInt(secondBlock + BLOCK_LENGTH, -1);
        assertThatReading(good, 5).withMessageContaining("it would have 4,294,967,295 bytes of content");
    }

    @Test
    void whatFollowsTheEndIsNotIgnored() {
        assertThatReading(Arrays.copyOf(good, good.length + 1), 20)
                .withMessage(
                        "test.rec goes on at byte " + String.format("%,d", good.length) + ", after its last block.");
    }

    @Test
    void theFailureComesAgain() {
        good[secondBlock + BLOCK_HEADER_SIZE] ^= 1;
        try (RecordingReader reader = Recordings.reader(good)) {
            assertThat(reader.poll(event -> {}, 100)).isEqualTo(5);
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(RecordingException.class)
                        .isThrownBy(() -> reader.poll(event -> {}, 100))
                        .withMessageContaining("checksum");
            }
        }
    }

    @Test
    void aBlockWhoseChecksumIsRightMayStillBeHostile() throws IOException {
        byte[] event = Recordings.event(1);
        byte[] twoAndJunk = Arrays.copyOf(event, 2 * event.length + 8);
        System.arraycopy(event, 0, twoAndJunk, event.length, event.length);

        assertThatReading(withBlock(KIND_RECORDS, twoAndJunk, 3), 2)
                .withMessageContaining("its content at " + 2 * event.length + " is no record");
        assertThatReading(withBlock(KIND_RECORDS, twoAndJunk, 1), 1)
                .withMessageContaining("its content at " + event.length + " is no record");
        assertThatReading(withBlock(KIND_RECORDS, new byte[0], 0), 0).withMessageContaining("it holds no record");
        assertThatReading(withBlock((byte) 9, event, 1), 0).withMessageContaining("there is no kind 9");
        assertThatReading(withBlock(KIND_END, "returned=x".getBytes(StandardCharsets.UTF_8), 0), 0)
                .withMessageContaining("its statistics make no sense");
        buffer(event).putInt(0, Integer.MIN_VALUE);
        assertThatReading(withBlock(KIND_RECORDS, event, 1), 0).withMessageContaining("its content at 0 is no record");
    }

    private byte[] withBlock(byte kind, byte[] content, int records) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(good, 0, firstBlock);
        new BlockWriter(out).write(kind, content, content.length, records, 0);
        return out.toByteArray();
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ORDER);
    }

    private static ThrowableAssertAlternative<RecordingException> assertThatOpening(byte[] bytes) {
        return assertThatExceptionOfType(RecordingException.class).isThrownBy(() -> Recordings.reader(bytes));
    }

    /** Asserts that reading fails after exactly the first {@code events} events. */
    private static ThrowableAssertAlternative<RecordingException> assertThatReading(byte[] bytes, int events) {
        try (RecordingReader reader = Recordings.reader(bytes)) {
            List<byte[]> read = new ArrayList<>();
            ThrowableAssertAlternative<RecordingException> thrown = assertThatExceptionOfType(RecordingException.class)
                    .isThrownBy(() -> RecordingWriterTest.readInto(reader, read));
            assertThat(read).hasSize(events);
            return thrown;
        }
    }
}
