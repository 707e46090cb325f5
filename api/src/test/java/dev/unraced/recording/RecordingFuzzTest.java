// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import static dev.unraced.recording.RecordingFormat.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Checks that a damaged file causes no other exception, no record that was not written, and no missing record before
 * the damage.
 */
class RecordingFuzzTest {
    private static final int PER_BLOCK = 7;
    private static final List<byte[]> EVENTS = Recordings.events(50);

    private final byte[] good = Recordings.recording(EVENTS, PER_BLOCK);
    private final Random random = new Random(20_260_101);

    @Test
    void everyPlaceToCut() {
        for (int length = 0; length < good.length; length++) {
            Reading reading = read(Arrays.copyOf(good, length));
            assertThat(reading.failure()).as("cut at %d", length).isNotNull();
            assertPrefix(reading, eventsBefore(length), "cut at " + length);
        }
    }

    @Test
    void everyByteFlipped() {
        for (int at = 0; at < good.length; at++) {
            byte[] flipped = good.clone();
            flipped[at] ^= (byte) (1 + random.nextInt(255));
            Reading reading = read(flipped);
            assertThat(reading.failure()).as("flipped at %d", at).isNotNull();
            assertPrefix(reading, eventsBefore(at), "flipped at " + at);
        }
    }

    @Test
    void manyBytesFlipped() {
        for (int round = 0; round < 3_000; round++) {
            byte[] flipped = good.clone();
            int first = good.length;
            for (int i = random.nextInt(20); i >= 0; i--) {
                int at = random.nextInt(good.length);
                flipped[at] = (byte) ~flipped[at];
                // The second flip makes the file whole again.
                first = mismatch(flipped);
            }
            Reading reading = read(flipped);
            assertPrefix(reading, eventsBefore(first), "round " + round);
        }
    }

    /** A checksum detects damage, not malice. */
    @Test
    void contentOfMaliceWithARightChecksum() throws IOException {
        int header = FILE_HEADER_SIZE + ByteBuffer.wrap(good).order(ORDER).getInt(FILE_TEXT_LENGTH);
        for (int round = 0; round < 3_000; round++) {
            byte[] content = Recordings.event(round % 50);
            for (int i = random.nextInt(8); i >= 0; i--) {
                content[random.nextInt(content.length)] = (byte) random.nextInt();
            }
            byte kind = (byte) (1 + random.nextInt(3));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(good, 0, header);
            new BlockWriter(out)
                    .write(kind, content, random.nextInt(content.length), random.nextInt(3), random.nextLong());

            assertThat(read(out.toByteArray()).failure()).isNotNull();
        }
    }

    private record Reading(List<byte[]> events, @Nullable RecordingException failure) {}

    private static Reading read(byte[] bytes) {
        List<byte[]> events = new ArrayList<>();
        try (RecordingReader reader = Recordings.reader(bytes)) {
            RecordingWriterTest.readInto(reader, events);
            return new Reading(events, null);
        } catch (RecordingException e) {
            return new Reading(events, e);
        }
    }

    private static void assertPrefix(Reading reading, int count, String what) {
        assertThat(reading.events()).as(what).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(reading.events().get(i)).isEqualTo(EVENTS.get(i));
        }
    }

    private int mismatch(byte[] other) {
        int at = Arrays.mismatch(good, other);
        return at < 0 ? good.length : at;
    }

    /** Returns the number of events in the blocks that end before a byte. */
    private int eventsBefore(int byteAt) {
        ByteBuffer file = ByteBuffer.wrap(good).order(ORDER);
        int at = FILE_HEADER_SIZE + file.getInt(FILE_TEXT_LENGTH);
        int events = 0;
        while (at < good.length) {
            at += BLOCK_HEADER_SIZE + file.getInt(at + BLOCK_STORED_LENGTH);
            if (at > byteAt) {
                break;
            }
            events = Math.min(events + PER_BLOCK, EVENTS.size());
        }
        return events;
    }
}
