// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.capture.CaptureException;
import dev.unraced.linux.FileErrors;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of frames in their order of arrival. The number of its sandbox and its length, both of 32 bits, big-endian,
 * precede each frame.
 */
final class FrameLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FrameLog.class);

    private final Path file;
    private final DataOutputStream out;
    private boolean failed;

    /** Receives the frames of a file, in their order. */
    interface Handler {
        void frame(int sandbox, byte[] frame);
    }

    /** Creates a new file that only its owner can read, since frames have the paths and arguments of all sandboxes. */
    FrameLog(Path file) {
        this.file = file;
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            out = new DataOutputStream(new BufferedOutputStream(
                    Files.newOutputStream(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)));
        } catch (FileAlreadyExistsException e) {
            throw new CaptureException(
                    "driver gvisor: " + file + " exists already. Set unraced.gvisor.record to another name, or remove"
                            + " it",
                    e);
        } catch (IOException e) {
            throw new CaptureException("driver gvisor: cannot create " + file + ": " + FileErrors.reason(e), e);
        }
    }

    /** Writes a frame, unless an earlier one could not be written. */
    void write(int sandbox, byte[] frame, int length) {
        if (failed) {
            return;
        }
        try {
            out.writeInt(sandbox);
            out.writeInt(length);
            out.write(frame, 0, length);
        } catch (IOException e) {
            fail(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            fail(e);
        }
    }

    private void fail(IOException e) {
        failed = true;
        LOG.warn("Frames are no longer written to {}", file, e);
    }

    /** Reads all frames; an incomplete last frame is left out. */
    static void read(InputStream source, Handler handler) throws IOException {
        DataInputStream in = new DataInputStream(source);
        try {
            while (true) {
                int sandbox = in.readInt();
                int length = in.readInt();
                if (length < 0 || length > FrameQueue.LARGEST_FRAME) {
                    throw new IOException("a frame of " + length + " bytes");
                }
                byte[] frame = new byte[length];
                in.readFully(frame);
                handler.frame(sandbox, frame);
            }
        } catch (EOFException e) {
            // The file ends here.
        }
    }
}
