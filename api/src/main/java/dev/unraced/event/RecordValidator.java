// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static dev.unraced.event.RecordLayout.*;

import java.nio.ByteBuffer;

/**
 * Decides whether bytes are a record that {@link EventView} can read without surprise. Allocates nothing, throws
 * nothing.
 *
 * <p>Records come from memory that another party writes. After this check no accessor of the view leaves the record or
 * meets a code that stands for nothing, and whoever asks the flags first never asks for numbers that the call lacks.
 */
public final class RecordValidator {
    private static final int ALL_FLAGS = allFlags();
    /** All that an entry can tell of its arguments. */
    private static final int ENTER_FLAGS = EventFlag.TRUNCATED.mask() | EventFlag.FAULTED.mask();

    private RecordValidator() {}

    /**
     * Whether the bytes at an offset are a well-formed record of exactly the given size.
     *
     * @param buffer little-endian; bytes beyond its limit do not count
     * @param offset of the first byte
     * @param size in bytes, as the carrier (ring, frame, file) tells it
     */
    public static boolean isValid(ByteBuffer buffer, int offset, int size) {
        if (size < FIXED_SIZE || offset < 0 || offset > buffer.limit() - size) {
            return false;
        }
        return buffer.getInt(offset + LENGTH) == size
                && size % ALIGNMENT == 0
                && buffer.getShort(offset + VERSION_OFFSET) == VERSION
                && EventType.isCode(buffer.get(offset + TYPE))
                && codesAreKnown(buffer, offset)
                && (buffer.getInt(offset + FLAGS) & ~flagsOf(buffer.get(offset + TYPE), buffer.get(offset + SYSCALL)))
                        == 0
                && slicesAreInside(buffer, offset, size);
    }

    private static boolean codesAreKnown(ByteBuffer buffer, int offset) {
        return Syscall.isCode(buffer.get(offset + SYSCALL))
                && Abi.isCode(buffer.get(offset + ABI))
                && Origin.isCode(buffer.get(offset + ORIGIN))
                && Mitigation.isCode(buffer.get(offset + MITIGATION))
                && Provenance.isCode(buffer.get(offset + PROVENANCE))
                && Integrity.isCode(buffer.get(offset + INTEGRITY))
                && Provenance.isCode(buffer.get(offset + HOW_PROVENANCE))
                && Integrity.isCode(buffer.get(offset + HOW_INTEGRITY));
    }

    private static boolean slicesAreInside(ByteBuffer buffer, int offset, int size) {
        if (!sliceIsInside(buffer, offset, size, CONTAINER)) {
            return false;
        }
        if (buffer.get(offset + SYSCALL) == Syscall.CONNECT.code()) {
            return sliceIsInside(buffer, offset, size, CONNECT_ADDRESS)
                    && sliceIsInside(buffer, offset, size, CONNECT_LOCAL)
                    && sliceIsInside(buffer, offset, size, CONNECT_REMOTE);
        }
        return sliceIsInside(buffer, offset, size, OPEN_PATH) && sliceIsInside(buffer, offset, size, OPEN_RESOLVED);
    }

    private static boolean sliceIsInside(ByteBuffer buffer, int offset, int size, int slice) {
        int at = buffer.getShort(offset + slice) & 0xffff;
        int length = buffer.getShort(offset + slice + 2) & 0xffff;
        return at == 0 ? length == 0 : at >= FIXED_SIZE && at + length <= size;
    }

    /** A connect has no file, and the others have no socket. */
    private static int flagsOf(int type, int syscall) {
        if (type == TYPE_ENTER) {
            return ENTER_FLAGS;
        }
        EventFlag other = syscall == Syscall.CONNECT.code() ? EventFlag.HAS_FILE : EventFlag.HAS_SOCKET;
        return ALL_FLAGS & ~other.mask();
    }

    private static int allFlags() {
        int all = 0;
        for (EventFlag flag : EventFlag.values()) {
            all |= flag.mask();
        }
        return all;
    }
}
