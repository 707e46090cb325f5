// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import static dev.unraced.recording.RecordingFormat.*;

import dev.unraced.event.RecordLayout;
import dev.unraced.linux.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads the header and the blocks of a recording without trusting the file: it bounds lengths before it allocates
 * memory, and accepts content only with the right checksum.
 */
final class BlockReader {
    private final InputStream in;
    private final String name;
    private final Inflater inflater = new Inflater(true);
    private final CRC32C checksum = new CRC32C();
    private final ByteBuffer header = ByteBuffer.allocate(BLOCK_HEADER_SIZE).order(ORDER);
    private byte[] stored = {};
    private byte[] content = {};
    private int version;
    private long blockAt;
    private long position;

    BlockReader(InputStream in, String name) {
        this.in = in;
        this.name = name;
    }

    /** Reads the header of the file; returns its fields. */
    Map<String, String> readFileHeader() {
        byte[] bytes = new byte[FILE_HEADER_SIZE];
        int count = read(bytes, FILE_HEADER_SIZE);
        byte[] magic = magic();
        if (count < magic.length || !Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length)) {
            throw RecordingException.of(name + " is not a recording: it does not start with UNRACREC.");
        }
        requireWhole("the header", 0, count, FILE_HEADER_SIZE);
        ByteBuffer fixed = ByteBuffer.wrap(bytes).order(ORDER);
        requireVersion("format version", fixed.getShort(FILE_VERSION) & 0xffff, PROCESSES);
        version = fixed.getShort(FILE_VERSION);
        requireVersion("record layout version", fixed.getShort(FILE_LAYOUT) & 0xffff, RecordLayout.VERSION);
        int length = fixed.getInt(FILE_TEXT_LENGTH);
        if (length < 0 || length > MAX_CONTENT) {
            throw damaged("the header", 0, "its text would have " + text(length & 0xffff_ffffL) + " bytes");
        }
        byte[] text = new byte[length];
        requireWhole("the header", 0, FILE_HEADER_SIZE + read(text, length), FILE_HEADER_SIZE + length);
        checksum.reset();
        checksum.update(bytes, 0, FILE_CHECKSUM);
        checksum.update(text, 0, length);
        if ((int) checksum.getValue() != fixed.getInt(FILE_CHECKSUM)) {
            throw damaged("the header", 0, "its checksum is wrong");
        }
        return Fields.decode(text, 0, length);
    }

    /** Returns the file's version of the format, once its header was read. */
    int version() {
        return version;
    }

    /** Reads the next block, and checks it. */
    void next() {
        blockAt = position;
        int count = read(header.array(), BLOCK_HEADER_SIZE);
        if (count == 0) {
            throw RecordingException.cutShort(name + " ends at byte " + text(blockAt)
                    + " without its last block: it is still written, or its writer was killed, or it was cut.");
        }
        requireWhole("the header of the block", blockAt, count, BLOCK_HEADER_SIZE);
        int storedLength = bounded("stored", BLOCK_STORED_LENGTH, MAX_CONTENT);
        int length = bounded("of content", BLOCK_LENGTH, MAX_CONTENT);
        stored = enlarge(stored, storedLength);
        content = enlarge(content, length);
        requireWhole(
                "the block", blockAt, BLOCK_HEADER_SIZE + read(stored, storedLength), BLOCK_HEADER_SIZE + storedLength);
        checksum.reset();
        checksum.update(header.array(), 0, BLOCK_CHECKSUM);
        checksum.update(stored, 0, storedLength);
        if ((int) checksum.getValue() != header.getInt(BLOCK_CHECKSUM)) {
            throw damaged("its checksum is wrong");
        }
        unpack(storedLength, length);
    }

    /** Returns the records or the text of this block; the next block reuses the array. */
    byte[] content() {
        return content;
    }

    byte kind() {
        return header.get(BLOCK_KIND);
    }

    int length() {
        return header.getInt(BLOCK_LENGTH);
    }

    int records() {
        return header.getInt(BLOCK_RECORDS);
    }

    long wallOffset() {
        return header.getLong(BLOCK_WALL_OFFSET);
    }

    /** Makes sure that the file ends here. */
    void requireEnd() {
        long end = position;
        if (read(new byte[1], 1) > 0) {
            throw RecordingException.of(name + " goes on at byte " + text(end) + ", after its last block.");
        }
    }

    /** Returns an exception about the content of this block. */
    RecordingException damaged(String what) {
        return damaged("the block", blockAt, what);
    }

    void close() throws IOException {
        inflater.end();
        in.close();
    }

    private void unpack(int storedLength, int length) {
        int flags = header.get(BLOCK_FLAGS);
        if (flags == 0 && storedLength == length) {
            System.arraycopy(stored, 0, content, 0, length);
            return;
        }
        if (flags != FLAG_DEFLATED) {
            throw damaged("its flags are " + (flags & 0xff) + " for " + text(storedLength) + " stored bytes of "
                    + text(length));
        }
        try {
            inflater.reset();
            inflater.setInput(stored, 0, storedLength);
            if (inflater.inflate(content, 0, length) != length || !isFullyInflated()) {
                throw damaged("it does not unpack to " + text(length) + " bytes");
            }
        } catch (DataFormatException e) {
            throw damaged("it does not unpack: " + e.getMessage());
        }
    }

    private boolean isFullyInflated() throws DataFormatException {
        return inflater.inflate(new byte[1]) == 0 && inflater.finished() && inflater.getRemaining() == 0;
    }

    private int bounded(String what, int field, int most) {
        int length = header.getInt(field);
        if (length < 0 || length > most) {
            throw damaged("it would have " + text(length & 0xffff_ffffL) + " bytes " + what + ", and " + text(most)
                    + " is the most");
        }
        return length;
    }

    private static byte[] enlarge(byte[] bytes, int length) {
        return bytes.length >= length ? bytes : new byte[length];
    }

    private void requireVersion(String what, int found, int known) {
        if (found > known) {
            throw RecordingException.of(name + " has " + what + " " + found + ", which is newer than " + known
                    + ": read it with a newer version of this library.");
        }
        if (found < 1) {
            throw damaged("the header", 0, "there is no " + what + " " + found);
        }
    }

    private void requireWhole(String what, long at, int found, int needed) {
        if (found < needed) {
            throw RecordingException.cutShort(name + ": " + what + " at byte " + text(at) + " is cut short: "
                    + text(found) + " of " + text(needed) + " bytes are there.");
        }
    }

    private RecordingException damaged(String what, long at, String why) {
        return RecordingException.of(name + ": " + what + " at byte " + text(at) + " is damaged: " + why + ".");
    }

    private int read(byte[] target, int length) {
        try {
            int count = in.readNBytes(target, 0, length);
            position += count;
            return count;
        } catch (IOException e) {
            throw RecordingException.of(
                    name + " cannot be read at byte " + text(position) + ": " + FileErrors.reason(e) + ".", e);
        }
    }

    private static String text(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
