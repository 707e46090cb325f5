// SPDX-License-Identifier: Apache-2.0
package dev.unraced.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that lines are appended to. When it is large, it is renamed to {@code PATH.1}, and earlier ones to the next
 * numbers. When somebody else moved it away, as logrotate does, a new one is made within a second. Not thread-safe.
 */
final class RotatedFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RotatedFile.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] LINE_FEED = {'\n'};

    /** What is written to a channel. */
    interface Line {
        int length();

        void writeTo(OutputStream out) throws IOException;
    }

    private final FileSettings settings;
    private @Nullable FileChannel channel;
    private @Nullable Object identity;
    private long size;
    private long lookedAt;
    /** Whether the last line may be incomplete, since writing it failed. */
    private boolean torn;
    /** Why the last rotation failed; empty when it did not. */
    private String stuck = "";

    private long stuckAt;

    RotatedFile(FileSettings settings) throws IOException {
        this.settings = settings;
        open();
    }

    /**
     * Appends a line.
     *
     * @throws IOException when it cannot be written, or only a part of it was; the next line begins a new one
     */
    void append(Line line) throws IOException {
        lookForTheFile();
        if (size > 0 && size + line.length() > settings.maxBytes()) {
            rotateIfPossible();
        }
        FileChannel open = channel == null ? open() : channel;
        OutputStream out = Channels.newOutputStream(open);
        try {
            if (torn) {
                out.write(LINE_FEED);
            }
            torn = true;
            line.writeTo(out);
            torn = false;
        } finally {
            size = open.size();
        }
    }

    private FileChannel open() throws IOException {
        FileChannel opened = FileChannel.open(
                settings.path(),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(settings.mode()));
        channel = opened;
        identity = identity(settings.path());
        size = opened.size();
        lookedAt = System.nanoTime();
        return opened;
    }

    private void lookForTheFile() throws IOException {
        long now = System.nanoTime();
        if (now - lookedAt < LOOK_NANOS) {
            return;
        }
        lookedAt = now;
        if (channel != null && !Objects.equals(identity(settings.path()), identity)) {
            close();
        }
    }

    private static @Nullable Object identity(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /**
     * Rotates the file. Where that fails it grows, since no event is lost by that, and is tried again after a second.
     */
    private void rotateIfPossible() throws IOException {
        long now = System.nanoTime();
        if (!stuck.isEmpty() && now - stuckAt < LOOK_NANOS) {
            return;
        }
        try {
            rotate();
            stuck = "";
        } catch (IOException e) {
            String why = e.toString();
            if (!why.equals(stuck)) {
                LOG.warn("{} is larger than it may be, but cannot be renamed: {}", settings.path(), why);
            }
            stuck = why;
            stuckAt = now;
        }
    }

    /** Renames the file and the earlier ones; the oldest is replaced. */
    private void rotate() throws IOException {
        close();
        for (int number = settings.keep() - 1; number > 0; number--) {
            moveIfThere(numbered(number), numbered(number + 1));
        }
        if (settings.keep() > 0) {
            moveIfThere(settings.path(), numbered(1));
        } else {
            Files.deleteIfExists(settings.path());
        }
        open();
        torn = false;
    }

    private static void moveIfThere(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // There is no earlier file of this number yet.
        }
    }

    private Path numbered(int number) {
        return settings.path().resolveSibling(settings.path().getFileName() + "." + number);
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
