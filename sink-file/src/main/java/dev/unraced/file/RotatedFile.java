// SPDX-License-Identifier: Apache-2.0
package dev.unraced.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that lines are appended to. When it is large, it is renamed to {@code PATH.1}, and earlier ones to the next
 * numbers. When somebody else moved it away, as logrotate does, the next line a second later makes a new one. A link in
 * its place is not followed. Thread-safe.
 */
final class RotatedFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RotatedFile.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] LINE_FEED = {'\n'};

    /** A line that can be written to a channel. */
    interface Line {
        int length();

        void writeTo(OutputStream out) throws IOException;
    }

    private final FileSettings settings;
    private @Nullable FileChannel channel;
    private boolean closed;
    private @Nullable Object identity;
    private long size;
    private long lookedAt;
    /** True if the last line may be incomplete, since writing it failed. */
    private boolean torn;
    /** The reason why the last rotation failed; empty when it did not. */
    private String stuck = "";

    private long stuckAt;

    RotatedFile(FileSettings settings) throws IOException {
        this.settings = settings;
        open();
        try {
            AccessCheck.checkAccess(settings.path());
        } catch (IOException | RuntimeException e) {
            closeChannel();
            throw e;
        }
    }

    /**
     * Appends a line.
     *
     * @throws IOException when it cannot be written, or only a part of it was; the next line begins a new one
     */
    synchronized void append(Line line) throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        lookForTheFile();
        if (size > 0 && size + line.length() > settings.maxBytes()) {
            rotateIfPossible();
        }
        FileChannel open = channel == null || !channel.isOpen() ? open() : channel;
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
        boolean isNew = Files.notExists(settings.path(), LinkOption.NOFOLLOW_LINKS);
        FileChannel opened = FileChannel.open(
                settings.path(),
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND,
                        LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(settings.mode()));
        channel = opened;
        if (isNew) {
            // The umask may have taken some away; nobody has had more for a moment.
            Files.getFileAttributeView(settings.path(), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setPermissions(settings.mode());
        }
        identity = identity(settings.path());
        size = opened.size();
        torn = !isNew && endsInALine();
        lookedAt = System.nanoTime();
        return opened;
    }

    /** Returns whether the file ends within a line, as after a server was killed. */
    private boolean endsInALine() throws IOException {
        try (FileChannel reading =
                FileChannel.open(settings.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long end = reading.size();
            ByteBuffer last = ByteBuffer.allocate(1);
            return end > 0 && reading.read(last, end - 1) == 1 && last.get(0) != '\n';
        }
    }

    private void lookForTheFile() {
        long now = System.nanoTime();
        if (channel == null || now - lookedAt < LOOK_NANOS) {
            return;
        }
        lookedAt = now;
        try {
            Object there = identity(settings.path());
            if (there == null || !there.equals(identity)) {
                closeChannel();
            }
        } catch (IOException e) {
            // The file that is open can still be written to.
            LOG.debug("{} cannot be looked at", settings.path(), e);
        }
    }

    private static @Nullable Object identity(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
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

    /**
     * Renames the file and the earlier ones, up to the first number that is free; if none is, the oldest is replaced.
     */
    private void rotate() throws IOException {
        closeChannel();
        int last = 1;
        while (last < settings.keep() && Files.exists(numbered(last))) {
            last++;
        }
        for (int number = last - 1; number > 0; number--) {
            move(numbered(number), numbered(number + 1));
        }
        if (settings.keep() > 0) {
            move(settings.path(), numbered(1));
        } else {
            Files.deleteIfExists(settings.path());
        }
        open();
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", from, e);
        }
    }

    private Path numbered(int number) {
        return settings.path().resolveSibling(settings.path().getFileName() + "." + number);
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        closeChannel();
    }

    private void closeChannel() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
