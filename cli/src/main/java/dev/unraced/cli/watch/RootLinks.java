// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Provenance;
import dev.unraced.process.ProcessTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells of an open whose path DIFFERS whether a link that only root can change leads from that path to the file that
 * was opened, as {@code /lib} leads to {@code /usr/lib}.
 *
 * <p>It looks after the event, in this process's mount namespace, so the answer is no proof. Whoever is not root cannot
 * make it yes: each directory on the way must be root's and writable by root alone, each link must be root's and stand
 * on the file system of the root directory (others, such as FUSE, may lie about owners), and the file at the end must
 * be the event's, by path, device and inode. Not thread-safe.
 */
final class RootLinks implements Predicate<EventView> {
    /** The answers that are kept. A JVM opens some hundred files by the same link. */
    private static final int CAPACITY = 1024;
    /** The most links that the kernel follows: MAXSYMLINKS of include/linux/namei.h. */
    private static final int MOST_LINKS = 40;
    /** The names that are looked up at most, those of links and {@code ..} included. Usual paths have some ten. */
    private static final int MOST_NAMES = 64;
    /** The time that the reader of events waits for a look-up. */
    private static final Duration PATIENCE = Duration.ofMillis(500);
    /** The time without look-ups after one that took longer. */
    private static final Duration REST = Duration.ofSeconds(30);

    private static final int TYPE_MASK = 0170000;
    private static final int LINK = 0120000;
    private static final int DIRECTORY = 0040000;
    private static final int WRITABLE_BY_OTHERS = 0022;

    /**
     * With these flags, the file or its path is in doubt, or is not what this mount namespace has there. Where threads
     * share the descriptor table, an attacker can flip the path and then put the file there to which it led.
     */
    private static final int DOUBTS = EnumSet.of(
                    EventFlag.TRUNCATED,
                    EventFlag.RESOLVED_TRUNCATED,
                    EventFlag.RESOLVED_UNSTABLE,
                    EventFlag.FD_TABLE_SHARED,
                    EventFlag.FOREIGN_MOUNT_NS,
                    EventFlag.DETACHED,
                    EventFlag.DELETED,
                    EventFlag.EXECUTION_UNKNOWN)
            .stream()
            .mapToInt(EventFlag::mask)
            .reduce(0, (one, other) -> one | other);

    private final Path root;
    private final long mountNamespace;
    private final Duration patience;
    private final Duration rest;
    private final ExecutorService lookUps = Executors.newSingleThreadExecutor(RootLinks::thread);
    private @Nullable Future<Boolean> late;
    private long lateNanos;
    private final Map<Opened, Boolean> known = new LinkedHashMap<>(CAPACITY, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Opened, Boolean> eldest) {
            return size() > CAPACITY;
        }
    };

    private record Opened(String path, String resolved, int major, int minor, long inode) {}

    /**
     * Prepares to look below a directory.
     *
     * @param root what is taken for the root directory
     * @param mountNamespace the number of the mount namespace whose callers see that directory as their root
     * @param patience how long to wait for a look-up
     * @param rest how long to look nothing up after one that took longer
     */
    RootLinks(Path root, long mountNamespace, Duration patience, Duration rest) {
        this.root = root;
        this.mountNamespace = mountNamespace;
        this.patience = patience;
        this.rest = rest;
    }

    /** Returns a check of the events of a driver. It is never true where they may be those of another machine. */
    static Predicate<EventView> of(String driver) {
        if (!ProcessTable.hasIdsOfThisMachine(Set.of(driver))) {
            return event -> false;
        }
        try {
            String namespace =
                    Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")).toString();
            return new RootLinks(Path.of("/"), Long.parseLong(namespace.replaceAll("\\D", "")), PATIENCE, REST);
        } catch (IOException | NumberFormatException e) {
            return event -> false;
        }
    }

    @Override
    public boolean test(EventView event) {
        if (!event.isOpenLike()
                || !event.has(EventFlag.HAS_FILE)
                || (event.flags() & DOUBTS) != 0
                || !isCaptured(event.path().provenance())
                || event.mountNamespace() != mountNamespace
                || event.resolve() != 0
                || event.path().length() == 0
                || event.path().byteAt(0) != '/') {
            return false;
        }
        String path = text(event.path());
        String resolved = text(event.resolvedPath());
        if (path == null || resolved == null) {
            return false;
        }
        Opened opened = new Opened(path, resolved, event.deviceMajor(), event.deviceMinor(), event.inode());
        return Boolean.TRUE.equals(known.computeIfAbsent(opened, this::leadsThere));
    }

    /** Returns whether a path was read before the call could end; one that was read then can be forged. */
    private static boolean isCaptured(Provenance provenance) {
        return provenance == Provenance.ENTER || provenance == Provenance.KERNEL;
    }

    private static @Nullable String text(BytesView view) {
        try {
            byte[] bytes = new byte[view.length()];
            view.copyTo(bytes, 0);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Looks up on another thread; null, which is not kept, is no answer in time. */
    private @Nullable Boolean leadsThere(Opened opened) {
        if (late != null && (!late.isDone() || System.nanoTime() - lateNanos < rest.toNanos())) {
            return null;
        }
        late = null;
        Future<Boolean> answer = lookUps.submit(() -> walk(opened));
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException || e.getCause() instanceof InvalidPathException) {
                return false;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            late = answer;
            lateNanos = System.nanoTime();
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "unraced-links");
        thread.setDaemon(true);
        return thread;
    }

    private boolean walk(Opened opened) throws IOException {
        Deque<String> names = new ArrayDeque<>();
        push(names, opened.path());
        Path at = Path.of("/");
        Inode here = inode(at);
        long rootDevice = here.device();
        int links = 0;
        for (int looked = 0; !names.isEmpty(); looked++) {
            String name = names.pop();
            if (looked == MOST_NAMES || !here.isDirectory() || !here.isRootsAlone()) {
                return false;
            }
            if (name.equals("..")) {
                at = at.getParent() == null ? at : at.getParent();
                here = inode(at);
                continue;
            }
            Inode next = inode(at.resolve(name));
            if (!next.isLink()) {
                at = at.resolve(name);
                here = next;
                continue;
            }
            if (next.uid() != 0 || here.device() != rootDevice || ++links > MOST_LINKS) {
                return false;
            }
            String target = Files.readSymbolicLink(real(at.resolve(name))).toString();
            at = target.startsWith("/") ? Path.of("/") : at;
            here = inode(at);
            push(names, target);
        }
        return links > 0 && at.toString().equals(opened.resolved()) && here.is(opened);
    }

    /** Puts the names of a path before others. */
    private static void push(Deque<String> names, String path) {
        String[] parts = path.split("/", -1);
        for (int i = parts.length - 1; i >= 0; i--) {
            if (!parts[i].isEmpty() && !parts[i].equals(".")) {
                names.push(parts[i]);
            }
        }
    }

    private Path real(Path path) {
        return root.resolve(path.toString().substring(1));
    }

    private Inode inode(Path path) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(real(path), "unix:mode,uid,dev,ino", LinkOption.NOFOLLOW_LINKS);
        return new Inode((Integer) found.get("mode"), (Integer) found.get("uid"), (Long) found.get("dev"), (Long)
                found.get("ino"));
    }

    private record Inode(int mode, int uid, long device, long number) {
        boolean isLink() {
            return (mode & TYPE_MASK) == LINK;
        }

        boolean isDirectory() {
            return (mode & TYPE_MASK) == DIRECTORY;
        }

        /** Returns whether nobody but root can make entries. The bits of an ACL's mask are those of the group. */
        boolean isRootsAlone() {
            return uid == 0 && (mode & WRITABLE_BY_OTHERS) == 0;
        }

        /** Compares device and inode. The numbers of devices are packed as in glibc's gnu_dev_makedev(3). */
        boolean is(Opened opened) {
            long major = ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
            long minor = (device & 0xff) | ((device >>> 12) & ~0xffL);
            return number == opened.inode() && major == opened.major() && minor == opened.minor();
        }
    }
}
