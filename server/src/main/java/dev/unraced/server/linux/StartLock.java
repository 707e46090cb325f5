// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import dev.unraced.capture.CaptureException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The turn of one server to begin at a path. A process that dies gives it up. The file is there for no longer than the
 * turn.
 */
public final class StartLock implements AutoCloseable {
    private static final long NAP_NANOS = 5_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path file;
    private final FileChannel channel;

    private StartLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits for the turn.
     *
     * @throws CaptureException when another server does not end its turn
     */
    static StartLock at(Path file) throws IOException {
        long begin = System.nanoTime();
        for (StartLock lock = tryAt(file); ; lock = tryAt(file)) {
            if (lock != null) {
                return lock;
            }
            if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                throw new CaptureException("Another server has been starting for long: it holds " + file);
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    private static @Nullable StartLock tryAt(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isHeld = false;
        try {
            FileLock lock = channel.tryLock();
            isHeld = lock != null && isAt(channel, file);
        } catch (OverlappingFileLockException e) {
            // Another thread of this process holds it.
            isHeld = false;
        } finally {
            if (!isHeld) {
                channel.close();
            }
        }
        return isHeld ? new StartLock(file, channel) : null;
    }

    /** Returns whether the locked file is the one at the path: whoever held it before has removed his. */
    private static boolean isAt(FileChannel channel, Path file) throws IOException {
        byte[] sign = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        channel.write(ByteBuffer.wrap(sign), 0);
        try {
            return Arrays.equals(Files.readAllBytes(file), sign);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            org.slf4j.LoggerFactory.getLogger(StartLock.class).debug("{} stays", file, e);
        }
    }
}
