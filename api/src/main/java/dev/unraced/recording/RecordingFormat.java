// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import dev.unraced.event.Capability;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The numbers of the format that {@code docs/reference/recording.md} describes. Little-endian; offsets and sizes in
 * bytes.
 */
final class RecordingFormat {
    /** The version of a recording with events of calls alone. */
    static final int CALLS = 1;

    /** The version of a recording of a capture that made process events. */
    static final int PROCESSES = 2;

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final byte[] MAGIC = "UNRACREC".getBytes(StandardCharsets.US_ASCII);

    static final int FILE_HEADER_SIZE = 20;
    static final int FILE_VERSION = 8;
    static final int FILE_LAYOUT = 10;
    static final int FILE_TEXT_LENGTH = 12;
    static final int FILE_CHECKSUM = 16;

    static final int BLOCK_HEADER_SIZE = 28;
    static final int BLOCK_KIND = 0;
    static final int BLOCK_FLAGS = 1;
    static final int BLOCK_STORED_LENGTH = 4;
    static final int BLOCK_LENGTH = 8;
    static final int BLOCK_RECORDS = 12;
    static final int BLOCK_WALL_OFFSET = 16;
    static final int BLOCK_CHECKSUM = 24;

    static final byte KIND_RECORDS = 1;
    static final byte KIND_END = 2;
    static final byte FLAG_DEFLATED = 1;

    /** The size at which a block is written. */
    static final int BLOCK_TARGET = 1 << 16;
    /** The largest content of a block, and the largest text of the file's header. */
    static final int MAX_CONTENT = 1 << 18;
    /** The largest record; it is longer than the slices of a record can reach. */
    static final int MAX_RECORD = MAX_CONTENT - BLOCK_TARGET;

    static final String DRIVER = "driver";
    /** The mode when the recording began. */
    static final String MITIGATION = "mitigation";

    private static final String LACKING = "lacking.";

    private RecordingFormat() {}

    static byte[] magic() {
        return MAGIC.clone();
    }

    /**
     * Returns a field's name such as {@code lacking.Syscall.OPENAT2}: some names stand for capabilities of several
     * types.
     */
    static String lacking(Capability capability) {
        return LACKING + capability.getClass().getSimpleName() + "." + capability.name();
    }
}
