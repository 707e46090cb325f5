// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.ENOENT;
import static dev.unraced.linux.OpenFlags.O_PATH;
import static dev.unraced.linux.OpenFlags.O_RDONLY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResolveTest {
    private final World world = new World();
    private final World.Caller root = world.root;

    @BeforeEach
    void populate() {
        root.directory("/tmp/dir");
        root.file("/tmp/dir/file");
        root.directory("/tmp/other");
    }

    @Test
    void anOrdinaryFileHasItsPathAlone() {
        assertResolved(root.open("/tmp/dir/file", O_RDONLY), "/tmp/dir/file", false, false, false);
        assertResolved(root.open("/", O_RDONLY), "/", false, false, false);
        assertResolved(root.open("/proc", O_RDONLY), "/proc", false, false, false);
    }

    @Test
    void aRenamedFileHasItsNewPath() {
        OpenFile file = root.open("/tmp/dir/file", O_RDONLY);
        assertThat(root.rename("/tmp/dir", "/tmp/moved")).isZero();
        assertResolved(file, "/tmp/moved/file", false, false, false);
    }

    @Test
    void aPathWhoseNamesChangeMeanwhileIsReadAgain() {
        assertThat(root.rename("/tmp/dir", "/tmp/other/dir")).isZero();
        PathFinder torn = halfRead("/tmp/other/dir/file", false);
        PathFinder whole = halfRead("/tmp/other/dir/file", true);
        assertThat(root.rename("/tmp/other/dir", "/tmp/dir")).isZero();
        assertThat(root.rename("/tmp/other", "/tmp/new")).isZero();

        assertThat(finished(torn)).as("no file was ever there").isEqualTo("/tmp/new/dir/file");
        assertThat(finished(whole)).isEqualTo("/tmp/dir/file");
        assertThat(whole.unstable()).isFalse();
    }

    @Test
    void aPathThatNeverHoldsStillIsUnstable() {
        PathFinder finder = halfRead("/tmp/dir/file", true);
        for (int i = 0; finder.advance(); i++) {
            boolean isAway = i % 2 == 0;
            assertThat(root.rename(isAway ? "/tmp/dir" : "/tmp/moved", isAway ? "/tmp/moved" : "/tmp/dir"))
                    .isZero();
        }
        assertThat(finder.unstable()).isTrue();
    }

    @Test
    void moreMountsThanACallMayLookAtLeaveThePathUnproven() {
        for (int i = 0; i < 9_000; i++) {
            root.bind("/tmp/dir", "/tmp/dir");
        }
        PathFinder finder = new PathFinder();
        finder.find(root.open("/tmp/dir/file", O_RDONLY), root.fs());
        assertThat(finder.unstable()).isTrue();
        assertThat(finder.scansLeft()).isZero();
    }

    /** Returns a walk that has read the names of the file and its directory. */
    private PathFinder halfRead(String path, boolean twice) {
        PathFinder finder = new PathFinder();
        finder.begin(root.open(path, O_RDONLY), root.fs(), twice);
        finder.advance();
        finder.advance();
        return finder;
    }

    private static String finished(PathFinder finder) {
        while (finder.advance()) {
            // No rename happens any more.
        }
        return finder.path().toUtf8();
    }

    @Test
    void aDeletedFileKeepsItsPathWithoutASuffix() {
        OpenFile file = root.open("/tmp/dir/file", O_RDONLY);
        assertThat(root.unlink("/tmp/dir/file")).isZero();
        assertResolved(file, "/tmp/dir/file", true, false, false);
    }

    @Test
    void aFileWhoseNameWasTakenByARenameIsDeleted() {
        OpenFile file = root.open("/tmp/dir/file", O_RDONLY);
        root.file("/tmp/new");
        assertThat(root.rename("/tmp/new", "/tmp/dir/file")).isZero();
        assertResolved(file, "/tmp/dir/file", true, false, false);
    }

    @Test
    void thePathGoesOverMounts() {
        root.bind("/tmp/dir", "/tmp/other");
        assertResolved(root.open("/tmp/other/file", O_RDONLY), "/tmp/other/file", false, false, false);
        assertResolved(root.open("/tmp/dir/file", O_RDONLY), "/tmp/dir/file", false, false, false);
        root.bind("/tmp/dir", "/tmp/other");
        assertResolved(root.open("/tmp/other/file", O_RDONLY), "/tmp/other/file", false, false, false);
    }

    @Test
    void aMountThatIsTakenAwayLeavesItsPathBehind() {
        root.bind("/tmp/dir", "/tmp/other");
        OpenFile file = root.open("/tmp/other/file", O_RDONLY);
        OpenFile top = root.open("/tmp/other", O_RDONLY);
        assertThat(world.tree.unmount(root, World.bytes("/tmp/other"))).isZero();
        assertResolved(file, "/file", false, true, false);
        assertResolved(top, "", false, true, false);
    }

    @Test
    void aClonedTreeIsAttachedNowhere() {
        OpenFile tree = World.opened(world.tree.openTree(root, World.bytes("/tmp/dir")));
        assertThat(tree.isPath()).isTrue();
        root.keep(3, tree);
        assertResolved(root.openAt(3, "file", O_RDONLY), "/file", false, true, false);
        assertThat(root.openAt(3, "..", O_RDONLY).location()).isEqualTo(tree.location());
    }

    @Test
    void aPartThatLeftItsBindMountBelongsToNoTree() {
        root.directory("/tmp/dir/sub");
        root.file("/tmp/dir/sub/x");
        root.bind("/tmp/dir", "/tmp/other");
        OpenFile file = root.open("/tmp/other/sub/x", O_RDONLY);
        OpenFile directory = root.open("/tmp/other/sub", O_RDONLY);
        assertThat(root.rename("/tmp/dir/sub", "/tmp/sub")).isZero();
        assertResolved(file, "/tmp/sub/x", false, true, false);
        root.keep(3, directory);
        assertThat(root.attempt(3, "..", O_RDONLY, 0).error()).isEqualTo(ENOENT);
    }

    @Test
    void anotherNamespaceIsForeign() {
        World.Caller inside = world.new Caller(50, 0, root.fs().copy());
        world.add(inside);
        inside.chdir("/tmp/dir");
        assertThat(world.tree.unshare(inside)).isZero();
        assertThat(inside.fs().namespace().number())
                .isNotEqualTo(root.fs().namespace().number());
        assertResolved(root.open("/proc/50/root/etc", O_PATH), "/etc", false, false, true);
        assertResolved(root.open("/proc/50/cwd/file", O_PATH), "/tmp/dir/file", false, false, true);
        assertResolved(inside.open("file", O_RDONLY).resolve(inside.fs()), "/tmp/dir/file", false, false, false);
        inside.bind("/etc", "/tmp/dir");
        assertThat(inside.resolved("/tmp/dir/passwd", O_RDONLY)).isEqualTo("/tmp/dir/passwd");
        assertThat(root.resolved("/tmp/dir/file", O_RDONLY)).isEqualTo("/tmp/dir/file");
        assertThat(inside.resolved("/proc/self/status", O_RDONLY)).isEqualTo("/proc/50/status");
    }

    @Test
    void theRootOfTheProcessDoesNotMatter() {
        root.fs().setRoot(root.open("/tmp", O_PATH).location());
        assertResolved(root.open("/dir/file", O_RDONLY), "/tmp/dir/file", false, false, false);
        assertResolved(root.open("/", O_RDONLY), "/tmp", false, false, false);
    }

    @Test
    void aFileOutsideAllTreesHasItsNameAlone() {
        assertResolved(world.tree.socketFile("a socket"), "", false, true, false);
        SuperBlock memory = new SuperBlock(0, 1, null);
        Dentry top = Dentry.root(ByteString.utf8("/"), memory.newInode(FileType.DIRECTORY, 0, 0, 0755, null));
        Dentry memfd = Dentry.root(ByteString.utf8("memfd:x"), memory.newInode(FileType.REGULAR, 0, 0, 0777, null));
        OpenFile file = new OpenFile(new Location(new Mount(Long.MAX_VALUE, top), memfd), 0, false, null);
        assertResolved(file, "memfd:x", false, true, false);
    }

    @Test
    void aLongPathKeepsItsEnd() {
        StringBuilder path = new StringBuilder();
        root.chdir("/tmp");
        for (int i = 0; i < 20; i++) {
            String name = ("" + (char) ('a' + i)).repeat(250);
            root.directory(name);
            root.chdir(name);
            path.append('/').append(name);
        }
        PathFinder resolved = root.open(".", O_RDONLY).resolve(root.fs());
        assertThat(resolved.truncated()).isTrue();
        assertThat(path.toString()).endsWith(resolved.path().toUtf8());
        assertThat(resolved.path().length()).isEqualTo(16 * 251);
    }

    private void assertResolved(OpenFile file, String path, boolean deleted, boolean detached, boolean foreign) {
        assertResolved(file.resolve(root.fs()), path, deleted, detached, foreign);
    }

    private static void assertResolved(
            PathFinder found, String path, boolean deleted, boolean detached, boolean foreign) {
        assertThat(found.path().toUtf8()).isEqualTo(path);
        assertThat(found.deleted()).as("deleted").isEqualTo(deleted);
        assertThat(found.detached()).as("detached").isEqualTo(detached);
        assertThat(found.foreign()).as("foreign").isEqualTo(foreign);
        assertThat(found.truncated()).as("truncated").isFalse();
    }
}
