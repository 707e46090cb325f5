// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.EventHandler;
import dev.unraced.event.Abi;
import dev.unraced.event.BytesView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.testing.Allocation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RingWriterTest {
    private static final int SIZE = 4096;
    private static final int HEADER = 8;

    private final RingWriter ring = new RingWriter(SIZE);
    private final RingReader reader = ring.reader();
    private final RecordEncoder encoder = new RecordEncoder();
    private final List<Long> sequences = new ArrayList<>();
    private final EventHandler check = event -> {
        sequences.add(event.sequence());
        assertThat(event.path().toByteString().toByteArray())
                .isEqualTo(path(event.sequence(), event.path().length()));
    };

    @Test
    void recordsOfAllSizesWrapAroundUnsplitAndWhole() {
        int longest = SIZE - HEADER - RecordLayout.FIXED_SIZE;
        long sequence = 0;
        for (int length = 0; length <= longest; length++) {
            sequence++;
            if (!write(sequence, length)) {
                // A filler took the end of the ring; after it is read, the record fits.
                assertThat(reader.poll(check, 1)).isZero();
                assertThat(write(sequence, length)).isTrue();
            }
            assertThat(reader.poll(check, 10)).isEqualTo(1);
            assertThat(sequences.get(sequences.size() - 1)).isEqualTo(sequence);
        }
        assertThat(ring.submitted()).isEqualTo(longest + 1L);
        assertThat(reader.delivered()).isEqualTo(longest + 1L);
        assertThat(reader.malformed()).isZero();
        assertThat(reader.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 63, 500, 1500})
    void whatIsRefusedIsCountedAndAllElseArrivesInOrder(int length) {
        List<Long> written = new ArrayList<>();
        for (long sequence = 1; sequence <= 500; sequence++) {
            if (write(sequence, length)) {
                written.add(sequence);
            } else if (sequence % 3 == 0) {
                reader.poll(check, 1);
            }
        }
        reader.poll(check, Integer.MAX_VALUE);

        assertThat(sequences).isEqualTo(written);
        assertThat(ring.full()).isPositive().isEqualTo(500 - ring.submitted());
        assertThat(ring.submitted()).isEqualTo(written.size());
        assertThat(reader.malformed()).isZero();
    }

    @Test
    void aRecordIsTakenFromWhereItLies() {
        int length = record(encoder, 1, 20);
        ByteBuffer other = ByteBuffer.allocate(24 + length).put(24, encoder.toByteArray());

        assertThat(ring.write(other, 24, length)).isTrue();
        assertThat(reader.poll(check, 10)).isEqualTo(1);
        assertThat(sequences).containsExactly(1L);
    }

    @Test
    void theLastByteOfTheRingIsUsed() {
        int fixed = RecordLayout.FIXED_SIZE + HEADER;
        int count = SIZE / (fixed + 56);
        assertThat(SIZE % (fixed + 56)).isZero();
        for (int i = 1; i <= count; i++) {
            assertThat(write(i, 56)).isTrue();
        }
        assertThat(write(count + 1, 0)).isFalse();

        assertThat(reader.poll(check, 100)).isEqualTo(count);
        assertThat(write(1, 56)).isTrue();
    }

    @Test
    void spaceComesBackOnlyWhenTheHandlerHasReturned() {
        assertThat(write(1, 2500)).isTrue();

        reader.poll(
                event -> {
                    assertThat(write(2, 2500)).isFalse();
                    check.onEvent(event);
                },
                1);

        assertThat(sequences).containsExactly(1L);
    }

    @Test
    void aRecordLongerThanTheRingIsLost() {
        assertThat(write(1, SIZE)).isFalse();
        assertThat(ring.write(ByteBuffer.allocate(8), Integer.MAX_VALUE - 64)).isFalse();

        assertThat(ring.full()).isEqualTo(2);
        assertThat(write(2, 10)).isTrue();
        assertThat(reader.poll(check, 10)).isEqualTo(1);
    }

    @Test
    void aRecordThatCanWaitForRoomIsNotLost() {
        int length = record(encoder, 1, 2500);
        assertThat(ring.writeIfRoom(encoder.buffer(), 0, length)).isTrue();
        assertThat(ring.writeIfRoom(encoder.buffer(), 0, length)).isFalse();

        assertThat(ring.full()).isZero();
        assertThat(reader.poll(check, 10)).isEqualTo(1);
        assertThat(ring.writeIfRoom(encoder.buffer(), 0, length)).isTrue();
        assertThat(ring.submitted()).isEqualTo(2);
    }

    @Test
    void aLengthBeyondTheBufferWritesNothing() {
        assertThatThrownBy(() -> ring.write(ByteBuffer.allocate(8), 16)).isInstanceOf(IndexOutOfBoundsException.class);

        assertThat(ring.submitted()).isZero();
        assertThat(reader.isEmpty()).isTrue();
        assertThat(write(1, 3)).isTrue();
        assertThat(reader.poll(check, 10)).isEqualTo(1);
    }

    @Test
    void aMalformedRecordThatReachesOverTheEndIsCountedAndNotRead() {
        ByteBuffer junk = ByteBuffer.allocateDirect(64);
        for (int i = 0; i < 1000; i++) {
            ring.write(junk, i % 65);
            reader.poll(check, 10);
        }

        assertThat(reader.malformed()).isEqualTo(1000);
        assertThat(sequences).isEmpty();
    }

    @Test
    void aProducerOnAnotherThreadLosesAndSpoilsNothing() throws InterruptedException {
        long total = 100_000;
        AtomicLong refused = new AtomicLong();
        Thread producer = new Thread(() -> {
            RecordEncoder own = new RecordEncoder();
            for (long sequence = 1; sequence <= total; sequence++) {
                while (!write(own, sequence, (int) (sequence * 31 % 700))) {
                    refused.incrementAndGet();
                    LockSupport.parkNanos(1_000);
                }
            }
        });
        producer.setDaemon(true);
        producer.start();
        long[] last = {0};
        long[] wrong = {0};
        EventHandler whole = event -> {
            BytesView path = event.path();
            boolean right = event.sequence() == last[0] + 1 && path.length() == event.sequence() * 31 % 700;
            for (int i = 0; i < path.length(); i++) {
                right &= path.byteAt(i) == content(event.sequence());
            }
            last[0] = event.sequence();
            wrong[0] += right ? 0 : 1;
        };
        while (last[0] < total) {
            if (reader.poll(whole, 64) == 0) {
                LockSupport.parkNanos(1_000);
            }
        }
        producer.join();

        assertThat(wrong[0]).isZero();
        assertThat(ring.submitted()).isEqualTo(total);
        assertThat(ring.full()).isEqualTo(refused.get());
        assertThat(reader.malformed()).isZero();
    }

    @Test
    void writingAllocatesNothing() {
        int length = record(encoder, 1, 100);
        Allocation.assertNone(() -> {
            ring.write(encoder.buffer(), length);
            ring.write(encoder.buffer(), length);
            reader.poll(event -> {}, 1);
        });

        assertThat(ring.submitted()).isPositive();
        assertThat(ring.full()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -8, 4, 48, Integer.MIN_VALUE})
    void aSizeThatIsNoPowerOfTwoIsRefused(int size) {
        assertThatThrownBy(() -> new RingWriter(size)).hasMessageContaining("a ring of " + size + " bytes");
    }

    private boolean write(long sequence, int length) {
        return write(encoder, sequence, length);
    }

    private boolean write(RecordEncoder own, long sequence, int length) {
        return ring.write(own.buffer(), record(own, sequence, length));
    }

    private static int record(RecordEncoder encoder, long sequence, int length) {
        return encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .sequence(0, sequence)
                .path(path(sequence, length), Provenance.ENTER, Integrity.UNCHECKED)
                .finishPartial();
    }

    private static byte[] path(long sequence, int length) {
        byte[] path = new byte[length];
        Arrays.fill(path, content(sequence));
        return path;
    }

    private static byte content(long sequence) {
        return (byte) ('a' + sequence % 23);
    }
}
