// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CgroupTreeTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int DEEP = 1_500;

    private final Map<Long, Long> directories = new HashMap<>(Map.of(1L, 1L, 10L, 1L, 11L, 10L, 20L, 1L));
    private long now;
    private long readingNanos;
    private int readings;
    private final CgroupTree tree = new CgroupTree(this::read, () -> now);

    @TempDir(cleanup = CleanupMode.NEVER)
    private Path root;

    private Map<Long, Long> read() {
        readings++;
        now += readingNanos;
        return Map.copyOf(directories);
    }

    /** The library's clean-up of folders goes down by calls that this tree is too deep for. */
    @AfterEach
    void remove() throws IOException {
        Path deepest = root;
        while (Files.isDirectory(deepest.resolve("a"))) {
            deepest = deepest.resolve("a");
        }
        for (Path path = deepest; !path.equals(root); path = path.getParent()) {
            Files.delete(path);
        }
        Files.deleteIfExists(root.resolve("file"));
        Files.delete(root);
    }

    @Test
    void aCgroupIsInsideItselfAndAllAboveIt() {
        assertThat(tree.isInside(11, Set.of(11L))).isTrue();
        assertThat(tree.isInside(11, Set.of(10L))).isTrue();
        assertThat(tree.isInside(11, Set.of(1L))).isTrue();
        assertThat(tree.isInside(11, Set.of(20L))).isFalse();
        assertThat(tree.isInside(1, Set.of(20L))).isFalse();
    }

    @Test
    void anIdThatIsNoCgroupsIsLookedForOnce() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(tree.isInside(99, Set.of(1L))).isFalse();
            now += SECOND;
        }
        assertThat(readings).isEqualTo(1);
    }

    @Test
    void aNewCgroupIsFoundAfterAPause() {
        assertThat(tree.isInside(10, Set.of(1L))).isTrue();
        directories.put(12L, 11L);
        assertThat(tree.isInside(12, Set.of(10L))).as("so soon").isFalse();
        now += SECOND;
        assertThat(tree.isInside(12, Set.of(10L))).isTrue();
        assertThat(readings).isEqualTo(2);
    }

    @Test
    void aTenthOfTheTimeIsTheMostForReading() {
        readingNanos = SECOND;
        for (long id = 1_000; now < 1_000 * SECOND; id++) {
            tree.isInside(id, Set.of(1L));
            now += SECOND / 100;
        }
        assertThat(readings).isCloseTo(100, within(5));
    }

    @Test
    void aCgroupThatHasEndedStaysKnown() {
        assertThat(tree.isInside(11, Set.of(10L))).isTrue();
        directories.keySet().removeAll(Set.of(10L, 11L));
        directories.put(30L, 20L);
        now += SECOND;
        assertThat(tree.isInside(30, Set.of(20L))).isTrue();

        assertThat(tree.isInside(11, Set.of(10L))).isTrue();
        assertThat(tree.isInside(11, Set.of(1L))).isTrue();
    }

    @Test
    void cgroupsWhoseEndIsLongestAgoAreForgotten() {
        assertThat(tree.isInside(11, Set.of(10L))).isTrue();
        directories.remove(11L);
        for (long id = 100; id < 100 + CgroupTree.MOST_REMEMBERED; id++) {
            directories.put(id, 20L);
        }
        now += SECOND;
        assertThat(tree.isInside(100, Set.of(20L))).isTrue();
        directories.keySet().removeIf(id -> id >= 100);
        directories.put(99L, 20L);
        now += SECOND;
        assertThat(tree.isInside(99, Set.of(20L))).isTrue();

        assertThat(tree.isInside(100, Set.of(20L))).isTrue();
        assertThat(tree.isInside(11, Set.of(10L))).as("it ended first").isFalse();
    }

    @Test
    void directoriesAreReadWhateverTheirDepth() throws Exception {
        Path deepest = root;
        for (int depth = 0; depth < DEEP; depth++) {
            deepest = Files.createDirectory(deepest.resolve("a"));
        }
        long last = inode(deepest);
        Files.createFile(root.resolve("file"));
        CompletableFuture<Map<Long, Long>> read = new CompletableFuture<>();
        // A stack of 256 KiB is smaller than that of any thread of the server.
        Thread reader = new Thread(
                null, () -> read.completeAsync(() -> CgroupDirectories.read(root), Runnable::run), "reader", 256 << 10);
        reader.start();

        assertThat(read.get(50, TimeUnit.SECONDS))
                .hasSize(DEEP + 1)
                .containsEntry(inode(root), inode(root))
                .containsEntry(last, inode(deepest.getParent()));
        CgroupTree deep = new CgroupTree(read::join, System::nanoTime);
        assertThat(deep.isInside(last, Set.of(inode(root)))).isTrue();
    }

    private static long inode(Path path) throws IOException {
        return (Long) Files.getAttribute(path, "unix:ino");
    }
}
