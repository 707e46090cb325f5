// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EBUSY;
import static dev.unraced.linux.Errno.EEXIST;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.EISDIR;
import static dev.unraced.linux.Errno.ELOOP;
import static dev.unraced.linux.Errno.ENOENT;
import static dev.unraced.linux.Errno.ENOTDIR;
import static dev.unraced.linux.Errno.ENOTEMPTY;
import static dev.unraced.linux.Errno.EPERM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.linux.OpenFlags;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the simulated tree with a real one, by the same calls. */
@EnabledOnOs(OS.LINUX)
class RealTreeTest {
    private static final int CALLS = 3000;
    /** Links hold no "..", and a path at most two, so no path leaves the temporary directory. */
    private static final int UPS = 2;

    private static final String[] NAMES = {"a", "b", "c", "d"};
    private static final Map<String, Integer> REASONS = Map.of(
            "Not a directory", ENOTDIR,
            "Is a directory", EISDIR,
            "Too many levels of symbolic links", ELOOP,
            "Directory not empty", ENOTEMPTY,
            "Device or resource busy", EBUSY,
            "Invalid argument", EINVAL,
            "Operation not permitted", EPERM);

    private final World world = new World();
    private final FileTree tree = world.tree;
    private final World.Caller root = world.root;

    private interface Call {
        void run() throws IOException;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomCallsHaveTheSameOutcome(long seed, @TempDir Path temporary) throws IOException {
        Path base = temporary.toRealPath().resolve("up").resolve("up").resolve("base");
        Files.createDirectories(base);
        assertThat(tree.mkdirs(root, bytes(base))).isZero();
        Random random = new Random(seed);
        Set<Integer> outcomes = new HashSet<>();
        for (int i = 0; i < CALLS; i++) {
            outcomes.add(callBoth(random, base, "seed " + seed + ", call " + i));
        }
        assertThat(outcomes).contains(0, ENOENT, ENOTDIR, EEXIST, ELOOP, ENOTEMPTY);
    }

    private int callBoth(Random random, Path base, String which) throws IOException {
        Path one = path(random, base, UPS);
        Path two = path(random, base, UPS);
        Path link = random.nextBoolean() ? path(random, base, 0) : base.relativize(path(random, base, 0));
        return switch (random.nextInt(12)) {
            case 0 ->
                same(
                        which + " mkdir " + one,
                        () -> Files.createDirectory(one),
                        tree.makeDirectory(root, bytes(one), 0755));
            case 1, 2 ->
                same(
                        which + " symlink " + link + " " + one,
                        () -> Files.createSymbolicLink(one, link),
                        tree.symlink(root, bytes(link), bytes(one)));
            case 3 ->
                same(
                        which + " link " + two + " " + one,
                        () -> Files.createLink(one, two),
                        tree.link(root, bytes(two), bytes(one)));
            case 4 ->
                same(
                        which + " rename " + one + " " + two,
                        () -> Files.move(one, two, StandardCopyOption.ATOMIC_MOVE),
                        tree.rename(root, bytes(one), bytes(two)));
            case 5 -> same(which + " delete " + one, () -> Files.delete(one), delete(one));
            default -> open(random, one, which);
        };
    }

    private int open(Random random, Path path, String which) throws IOException {
        Set<OpenOption> options = new HashSet<>();
        long flags = random.nextBoolean() ? OpenFlags.O_WRONLY : OpenFlags.O_RDONLY;
        options.add(flags == OpenFlags.O_WRONLY ? StandardOpenOption.WRITE : StandardOpenOption.READ);
        boolean follow = random.nextInt(3) > 0;
        if (!follow) {
            flags |= OpenFlags.O_NOFOLLOW;
            options.add(LinkOption.NOFOLLOW_LINKS);
        }
        // Java creates only a file that it opens for writing.
        if ((flags & OpenFlags.O_WRONLY) != 0 && random.nextBoolean()) {
            // Java itself refuses to create ".".
            boolean exclusive = random.nextInt(3) == 0 && !path.endsWith(".");
            flags |= OpenFlags.O_CREAT | (exclusive ? OpenFlags.O_EXCL : 0);
            options.add(exclusive ? StandardOpenOption.CREATE_NEW : StandardOpenOption.CREATE);
        }
        String what = which + " open " + path + " " + options;
        OpenAttempt attempt = tree.open(root, OpenFlags.AT_FDCWD, bytes(path), new OpenRequest(flags, 0644, 0));
        int outcome = same(what, () -> Files.newByteChannel(path, options).close(), -attempt.error());
        if (outcome == 0) {
            assertThat(World.opened(attempt).resolve(root.fs()).path().toUtf8())
                    .as(what)
                    .isEqualTo(path.toRealPath().toString());
        }
        return outcome;
    }

    /** Deletes as Files.delete() does. */
    private int delete(Path path) {
        InodeOrError found = tree.lstat(root, bytes(path));
        if (found.inode() == null) {
            return -found.error();
        }
        return found.inode().isDirectory() ? tree.rmdir(root, bytes(path)) : tree.unlink(root, bytes(path));
    }

    private static int same(String what, Call call, int simulated) throws IOException {
        assertThat(-simulated).as(what).isEqualTo(errorOf(call));
        return -simulated;
    }

    private static int errorOf(Call call) throws IOException {
        try {
            call.run();
            return 0;
        } catch (NoSuchFileException e) {
            return ENOENT;
        } catch (FileAlreadyExistsException e) {
            return EEXIST;
        } catch (DirectoryNotEmptyException e) {
            return ENOTEMPTY;
        } catch (FileSystemException e) {
            return byReason(e.getReason(), e);
        } catch (IOException e) {
            // Java reports ELOOP of O_NOFOLLOW in this way.
            return byReason(e.getMessage(), e);
        }
    }

    private static int byReason(@Nullable String reason, IOException e) throws IOException {
        for (Map.Entry<String, Integer> known : REASONS.entrySet()) {
            if (reason != null && reason.startsWith(known.getKey())) {
                return known.getValue();
            }
        }
        throw new IOException("an error that nobody knows", e);
    }

    private static Path path(Random random, Path base, int ups) {
        Path path = base;
        int left = ups;
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            int kind = random.nextInt(10);
            if (kind == 0) {
                path = path.resolve(".");
            } else if (kind == 1 && left > 0) {
                path = path.resolve("..");
                left--;
            } else {
                path = path.resolve(NAMES[random.nextInt(NAMES.length)]);
            }
        }
        return path;
    }

    private static byte[] bytes(Path path) {
        return World.bytes(path.toString());
    }
}
