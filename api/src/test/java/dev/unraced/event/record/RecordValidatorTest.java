// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event.record;

import static dev.unraced.event.RecordLayout.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.event.Readers;
import dev.unraced.event.Records;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordValidatorTest {
    private static final long SEED = 7_920;
    private static final int FUZZED = 200_000;

    private final ByteBuffer open = Records.copy(Records.open(new RecordEncoder()));
    private final ByteBuffer connect = Records.copy(Records.connect(new RecordEncoder()));

    @Test
    void acceptsBothFamilies() {
        assertThat(isValid(open)).isTrue();
        assertThat(isValid(connect)).isTrue();
    }

    @Test
    void refusesEverySizeButItsOwn() {
        for (int size = -8; size <= open.capacity() + 8; size++) {
            assertThat(RecordValidator.isValid(open, 0, size)).isEqualTo(size == open.capacity());
        }
        assertThat(RecordValidator.isValid(open, 0, Integer.MAX_VALUE)).isFalse();
        assertThat(RecordValidator.isValid(open, 0, Integer.MIN_VALUE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 8, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void refusesOffsetsThatLeaveTheBuffer(int offset) {
        assertThat(RecordValidator.isValid(open, offset, open.capacity())).isFalse();
    }

    @Test
    void bytesBeyondTheLimitDoNotCount() {
        int size = open.capacity();

        assertThat(RecordValidator.isValid(open.limit(size - 1), 0, size)).isFalse();
        assertThat(RecordValidator.isValid(open.limit(10), 0, size)).isFalse();
        assertThat(RecordValidator.isValid(open.limit(size), 0, size)).isTrue();
    }

    @Test
    void refusesAFixedPartThatIsCutShort() {
        ByteBuffer record = ByteBuffer.allocate(FIXED_SIZE - 8).order(ByteOrder.LITTLE_ENDIAN);
        record.put(0, open, 0, record.capacity());
        record.putInt(LENGTH, record.capacity());

        assertThat(isValid(record)).isFalse();
    }

    @Test
    void refusesASizeThatIsNotAligned() {
        ByteBuffer record = ByteBuffer.allocate(open.capacity() + 4).order(ByteOrder.LITTLE_ENDIAN);
        record.put(0, open, 0, open.capacity());
        record.putInt(LENGTH, record.capacity());

        assertThat(isValid(record)).isFalse();
    }

    @Test
    void refusesAnotherVersionOrType() {
        assertThat(isValid(copy(open).putShort(VERSION_OFFSET, (short) (VERSION + 1))))
                .isFalse();
        assertThat(isValid(copy(open).putShort(VERSION_OFFSET, (short) 0))).isFalse();
        assertThat(isValid(copy(open).put(TYPE, (byte) (TYPE_ENTER + 1)))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {SYSCALL, ABI, ORIGIN, MITIGATION, PROVENANCE, INTEGRITY, HOW_PROVENANCE, HOW_INTEGRITY})
    void refusesCodesThatStandForNothing(int field) {
        assertThat(isValid(copy(open).put(field, (byte) 6))).isFalse();
        assertThat(isValid(copy(open).put(field, (byte) 127))).isFalse();
        assertThat(isValid(copy(open).put(field, (byte) -1))).isFalse();
        assertThat(isValid(copy(open).put(field, (byte) -128))).isFalse();
    }

    @Test
    void acceptsEveryTrustInTheBlockOfAConnectAndNothingElse() {
        for (Provenance provenance : Provenance.values()) {
            for (Integrity integrity : Integrity.values()) {
                RecordEncoder encoder = Records.connect(new RecordEncoder()).block(provenance, integrity);
                assertThat(isValid(Records.copy(encoder)))
                        .as("%s %s", provenance, integrity)
                        .isTrue();
            }
        }
        assertThat(isValid(copy(connect).put(HOW_PROVENANCE, (byte) Provenance.values().length)))
                .isFalse();
        assertThat(isValid(copy(connect).put(HOW_INTEGRITY, (byte) Integrity.values().length)))
                .isFalse();
    }

    @Test
    void refusesFlagsThatStandForNothing() {
        int meaning =
                Arrays.stream(EventFlag.values()).mapToInt(EventFlag::mask).reduce(0, (a, b) -> a | b);
        assertThat(Integer.bitCount(meaning)).isEqualTo(EventFlag.values().length);
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            if ((meaning & 1 << bit) != 0) {
                continue;
            }
            assertThat(isValid(copy(open).putInt(FLAGS, 1 << bit)))
                    .as("bit %d", bit)
                    .isFalse();
        }
    }

    @Test
    void anEntryTellsOfItsArgumentsAlone() {
        for (EventFlag flag : EventFlag.values()) {
            ByteBuffer entry = copy(open).put(TYPE, (byte) TYPE_ENTER).putInt(FLAGS, flag.mask());
            assertThat(isValid(entry))
                    .as(flag.name())
                    .isEqualTo(flag == EventFlag.TRUNCATED || flag == EventFlag.FAULTED);
        }
    }

    @Test
    void refusesAnObjectOfTheOtherFamily() {
        assertThat(isValid(copy(open).putInt(FLAGS, EventFlag.HAS_SOCKET.mask())))
                .isFalse();
        assertThat(isValid(copy(connect).putInt(FLAGS, EventFlag.HAS_FILE.mask())))
                .isFalse();
        assertThat(isValid(copy(open).putInt(FLAGS, EventFlag.HAS_FILE.mask()))).isTrue();
        assertThat(isValid(copy(connect).putInt(FLAGS, EventFlag.HAS_SOCKET.mask())))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {CONTAINER, OPEN_PATH, OPEN_RESOLVED})
    void refusesSlicesOfAnOpenThatLeaveIt(int slice) {
        checkSlice(open, slice);
    }

    @ParameterizedTest
    @ValueSource(ints = {CONTAINER, CONNECT_ADDRESS, CONNECT_LOCAL, CONNECT_REMOTE})
    void refusesSlicesOfAConnectThatLeaveIt(int slice) {
        checkSlice(connect, slice);
    }

    private static void checkSlice(ByteBuffer good, int slice) {
        int size = good.capacity();
        assertThat(isValid(withSlice(good, slice, 0, 0))).isTrue();
        assertThat(isValid(withSlice(good, slice, FIXED_SIZE, size - FIXED_SIZE)))
                .isTrue();
        assertThat(isValid(withSlice(good, slice, size, 0))).isTrue();

        assertThat(isValid(withSlice(good, slice, 0, 1))).isFalse();
        assertThat(isValid(withSlice(good, slice, 1, 0))).isFalse();
        assertThat(isValid(withSlice(good, slice, FIXED_SIZE - 1, 1))).isFalse();
        assertThat(isValid(withSlice(good, slice, FIXED_SIZE, size - FIXED_SIZE + 1)))
                .isFalse();
        assertThat(isValid(withSlice(good, slice, size + 1, 0))).isFalse();
        assertThat(isValid(withSlice(good, slice, 0xffff, 0xffff))).isFalse();
        assertThat(isValid(withSlice(good, slice, FIXED_SIZE, 0xffff))).isFalse();
    }

    private static ByteBuffer withSlice(ByteBuffer good, int slice, int offset, int length) {
        return copy(good).putShort(slice, (short) offset).putShort(slice + 2, (short) length);
    }

    static Stream<RecordEncoder> records() {
        return Stream.of(Records.open(new RecordEncoder()), Records.connect(new RecordEncoder()));
    }

    /** Checks that a valid record can always be read, and that the validator never throws for any bytes. */
    @ParameterizedTest
    @MethodSource("records")
    void whateverIsValidCanBeRead(RecordEncoder encoder) {
        Random random = new Random(SEED);
        byte[] good = encoder.toByteArray();
        ByteBuffer record = ByteBuffer.allocate(good.length).order(ByteOrder.LITTLE_ENDIAN);
        RecordView event = new RecordView();
        int valid = 0;
        long sum = 0;
        for (int i = 0; i < FUZZED; i++) {
            record.put(0, good);
            int flips = 1 + random.nextInt(4);
            for (int flip = 0; flip < flips; flip++) {
                spoil(record, random);
            }
            if (isValid(record)) {
                valid++;
                event.wrap(record, 0);
                sum += Readers.readAll(event) + Readers.readByFlags(event);
                sum += event.snapshot().toString().length();
            }
        }
        assertThat(valid).as("valid ones, sum %d", sum).isBetween(FUZZED / 100, FUZZED - FUZZED / 100);
    }

    /** Spoils a byte; half of the new values are small numbers, which more often stay valid codes and slices. */
    private static void spoil(ByteBuffer record, Random random) {
        int at = random.nextInt(record.capacity());
        boolean small = random.nextBoolean();
        record.put(at, (byte) random.nextInt(small ? 8 : 256));
    }

    private static boolean isValid(ByteBuffer record) {
        return RecordValidator.isValid(record, 0, record.capacity());
    }

    private static ByteBuffer copy(ByteBuffer record) {
        return ByteBuffer.allocate(record.capacity())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(0, record, 0, record.capacity());
    }
}
