// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import static dev.unraced.recording.RecordingFormat.*;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;

/** Writes blocks, each by one call of the stream, so that a killed process leaves whole blocks. */
final class BlockWriter {
    private final OutputStream out;
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final CRC32C checksum = new CRC32C();
    private final byte[] bytes = new byte[BLOCK_HEADER_SIZE + MAX_CONTENT];
    private final ByteBuffer header = ByteBuffer.wrap(bytes).order(ORDER);

    BlockWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes a block.
     *
     * @return its size in bytes, the header included
     */
    int write(byte kind, byte[] content, int length, int records, long wallOffset) throws IOException {
        int deflated = deflate(content, length);
        int stored = deflated < length ? deflated : length;
        if (stored == length) {
            System.arraycopy(content, 0, bytes, BLOCK_HEADER_SIZE, length);
        }
        header.putInt(BLOCK_KIND, 0);
        header.put(BLOCK_KIND, kind);
        header.put(BLOCK_FLAGS, stored == length ? 0 : FLAG_DEFLATED);
        header.putInt(BLOCK_STORED_LENGTH, stored);
        header.putInt(BLOCK_LENGTH, length);
        header.putInt(BLOCK_RECORDS, records);
        header.putLong(BLOCK_WALL_OFFSET, wallOffset);
        checksum.reset();
        checksum.update(bytes, 0, BLOCK_CHECKSUM);
        checksum.update(bytes, BLOCK_HEADER_SIZE, stored);
        header.putInt(BLOCK_CHECKSUM, (int) checksum.getValue());
        out.write(bytes, 0, BLOCK_HEADER_SIZE + stored);
        out.flush();
        return BLOCK_HEADER_SIZE + stored;
    }

    /** Returns the compressed length of the content; its own length when compression does not shorten it. */
    private int deflate(byte[] content, int length) {
        deflater.reset();
        deflater.setInput(content, 0, length);
        deflater.finish();
        int deflated = deflater.deflate(bytes, BLOCK_HEADER_SIZE, length);
        return deflater.finished() ? deflated : length;
    }

    void close() throws IOException {
        deflater.end();
        out.close();
    }
}
