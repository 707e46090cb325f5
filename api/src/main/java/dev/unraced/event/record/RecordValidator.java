// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event.record;

import static dev.unraced.event.RecordLayout.*;

import dev.unraced.event.Abi;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventType;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Decides whether bytes are a record that {@link EventView} can read without errors. Allocates nothing, throws nothing.
 *
 * <p>Records come from memory that another party writes. After this check no accessor of the view leaves the record or
 * meets an unknown code. Code that asks the flags first never asks for numbers that the call lacks.
 */
public final class RecordValidator {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LENGTH_AND_VERSION = 0xffff_ffff_ffffL;
    private static final long VERSION_ABOVE_LENGTH = (long) VERSION << (8 * (VERSION_OFFSET - LENGTH));
    /** The positions of codes in the words that hold them. */
    private static final int TYPE_BITS = 8 * (TYPE - LENGTH);

    private static final int SYSCALL_BITS = 8 * (SYSCALL - SOURCE);
    private static final int HOW_INTEGRITY_BITS = 8 * (HOW_INTEGRITY - INTEGRITY);

    /**
     * The codes of a record in one word, a byte each, from the lowest byte on; how_integrity has no room and is checked
     * separately.
     */
    private static final List<Codes> CODES = List.of(
            Codes.of(EventType.values(), EventType::code),
            Codes.of(Mitigation.values(), Mitigation::code),
            Codes.of(Syscall.values(), Syscall::code),
            Codes.of(Abi.values(), Abi::code),
            Codes.of(Origin.values(), Origin::code),
            Codes.of(Provenance.values(), Provenance::code),
            Codes.of(Integrity.values(), Integrity::code),
            Codes.of(Provenance.values(), Provenance::code));
    /** Subtracting this from the codes makes each byte negative that is below its lowest code. */
    private static final long LOWEST = word(Codes::lowest);
    /** Adding this to the codes makes each byte negative that is above its highest code. */
    private static final long BELOW_NEGATIVE = word(codes -> Byte.MAX_VALUE - codes.highest);

    private static final long NEGATIVE = 0x8080_8080_8080_8080L;
    private static final int HIGHEST_INTEGRITY = Codes.of(Integrity.values(), Integrity::code).highest;

    private static final int CONNECT = Syscall.CONNECT.code();
    /** The flags that an enter event can have. */
    private static final int ENTER_FLAGS = EventFlag.TRUNCATED.mask() | EventFlag.FAULTED.mask();
    /** A connect has no file, and the other calls have no socket. */
    private static final int CONNECT_FLAGS = allFlags() & ~EventFlag.HAS_FILE.mask();

    private static final int FILE_FLAGS = allFlags() & ~EventFlag.HAS_SOCKET.mask();

    private RecordValidator() {}

    /**
     * Returns whether the bytes at an offset are a well-formed record of exactly the given size.
     *
     * <p>Every event passes this check. So it reads fields in words of eight bytes, whose checks against the buffer's
     * limit the compiler can combine, and judges all codes at once.
     *
     * @param buffer little-endian; bytes beyond its limit do not count
     * @param offset offset of the first byte
     * @param size size in bytes that the carrier (ring, frame, file) gives
     */
    public static boolean isValid(ByteBuffer buffer, int offset, int size) {
        if (size < FIXED_SIZE || offset < 0 || offset > buffer.limit() - size) {
            return false;
        }
        long start = word(buffer, offset + LENGTH);
        long call = word(buffer, offset + SOURCE);
        long trust = word(buffer, offset + INTEGRITY);
        long codes = (start >>> TYPE_BITS) | (call >>> SYSCALL_BITS << 16) | (trust << 48);
        int howIntegrity = (int) (trust >>> HOW_INTEGRITY_BITS) & 0xff;
        long wrong = (((codes - LOWEST) | (codes + BELOW_NEGATIVE) | codes) & NEGATIVE)
                | ((start & LENGTH_AND_VERSION) ^ (VERSION_ABOVE_LENGTH | size))
                | (size & (ALIGNMENT - 1))
                | ((HIGHEST_INTEGRITY - howIntegrity) & Integer.MIN_VALUE);
        return wrong == 0 && restIsValid(buffer, offset, size, codes);
    }

    /** Checks the fields that depend on the type and the call, whose codes are valid by now. */
    private static boolean restIsValid(ByteBuffer buffer, int offset, int size, long codes) {
        boolean connect = (((int) codes >>> 16) & 0xff) == CONNECT;
        int allowed = ((int) codes & 0xff) == TYPE_ENTER ? ENTER_FLAGS : connect ? CONNECT_FLAGS : FILE_FLAGS;
        int flags = (int) (word(buffer, offset + PID_NS) >>> (8 * (FLAGS - PID_NS)));
        int container = (int) word(buffer, offset + CONTAINER);
        int argument = (int) (word(buffer, offset + OPEN_DIRFD) >>> (8 * (OPEN_PATH - OPEN_DIRFD)));
        if ((flags & ~allowed) != 0 || !isInside(container, size) || !isInside(argument, size)) {
            return false;
        }
        if (connect) {
            long addresses = word(buffer, offset + CONNECT_LOCAL);
            return isInside((int) addresses, size)
                    && isInside((int) (addresses >>> (8 * (CONNECT_REMOTE - CONNECT_LOCAL))), size);
        }
        return isInside((int) word(buffer, offset + OPEN_RESOLVED), size);
    }

    /** Returns whether a slice is absent, or begins behind the fixed part and ends within the record. */
    private static boolean isInside(int slice, int size) {
        int at = slice & 0xffff;
        return slice == 0 || ((at - FIXED_SIZE) | (size - at - (slice >>> 16))) >= 0;
    }

    private static long word(ByteBuffer buffer, int index) {
        return (long) LONGS.get(buffer, index);
    }

    /** The range of codes of an enum; every code between the lowest and the highest stands for a constant. */
    private record Codes(int lowest, int highest) {
        static <E> Codes of(E[] values, ToIntFunction<E> code) {
            IntSummaryStatistics codes = Arrays.stream(values).mapToInt(code).summaryStatistics();
            return new Codes(codes.getMin(), codes.getMax());
        }
    }

    private static long word(ToIntFunction<Codes> part) {
        long word = 0;
        for (int i = 0; i < CODES.size(); i++) {
            word |= (long) part.applyAsInt(CODES.get(i)) << (8 * i);
        }
        return word;
    }

    private static int allFlags() {
        int all = 0;
        for (EventFlag flag : EventFlag.values()) {
            all |= flag.mask();
        }
        return all;
    }
}
