// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.OpenFlags.O_NOFOLLOW;
import static dev.unraced.linux.OpenFlags.O_PATH;
import static dev.unraced.linux.OpenFlags.O_RDONLY;
import static dev.unraced.linux.OpenFlags.O_RDWR;
import static dev.unraced.linux.OpenFlags.O_TMPFILE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PathProofTest {
    private final World world = new World();
    private final World.Caller root = world.root;

    @BeforeEach
    void populate() {
        root.directory("/tmp/dir");
        root.file("/tmp/dir/file");
        root.directory("/tmp/other");
        root.symlink("dir/file", "/tmp/link");
    }

    @Test
    void theExactPathIsProven() {
        OpenFile file = root.open("/tmp/dir/file", O_RDONLY);
        assertThat(confirms(file, "/tmp/dir/file")).isTrue();
        assertThat(confirms(file, "//tmp/./dir///file")).isTrue();
        assertThat(confirms(root.open("/", O_RDONLY), "/")).isTrue();
        assertThat(confirms(root.open("/tmp", O_RDONLY), "/tmp/")).isTrue();
        assertThat(confirms(root.open("/tmp", O_RDONLY), "/tmp/.")).isTrue();
    }

    @Test
    void anyOtherPathIsNot() {
        OpenFile file = root.open("/tmp/dir/file", O_RDONLY);
        for (String requested : new String[] {
            "",
            "/",
            ".",
            "/tmp/dir",
            "/tmp/dir/fil",
            "/tmp/dir/file2",
            "/dir/file",
            "file",
            "dir/file",
            "/tmp/dir/file/",
            "/tmp/dir/file/.",
            "/tmp/x/../dir/file",
            "/..",
            "/tmp/tmp/dir/file",
            "/tmp/link"
        }) {
            assertThat(confirms(file, requested)).as(requested).isFalse();
        }
    }

    @Test
    void aRelativePathIsProvenFromItsStart() {
        OpenFile file = root.open("/tmp/dir/file", O_RDONLY);
        Location tmp = root.open("/tmp", O_RDONLY).location();
        assertThat(confirmsFrom(file, tmp, "dir/file")).isTrue();
        assertThat(confirmsFrom(file, tmp, "./dir/file")).isTrue();
        assertThat(confirmsFrom(file, tmp, "file")).isFalse();
        assertThat(confirmsFrom(file, tmp, "tmp/dir/file")).isFalse();
        assertThat(confirmsFrom(file, tmp, "/tmp/dir/file")).isTrue();
        assertThat(confirmsFrom(root.open("/tmp", O_RDONLY), tmp, ".")).isTrue();
        assertThat(confirmsFrom(root.open("/tmp/dir", O_RDONLY), tmp, ".")).isFalse();
    }

    @Test
    void aLinkProvesItselfAndNotItsTarget() {
        assertThat(confirms(root.open("/tmp/link", O_RDONLY), "/tmp/link")).isFalse();
        assertThat(confirms(root.open("/tmp/link", O_PATH | O_NOFOLLOW), "/tmp/link"))
                .isTrue();
        assertThat(confirms(root.open("/proc/self/status", O_RDONLY), "/proc/self/status"))
                .isFalse();
        assertThat(confirms(root.open("/proc/self/status", O_RDONLY), "/proc/1/status"))
                .isTrue();
    }

    @Test
    void anotherNameOfTheSameFileIsAnotherFile() {
        assertThat(world.tree.link(root, World.bytes("/tmp/dir/file"), World.bytes("/tmp/second")))
                .isZero();
        assertThat(confirms(root.open("/tmp/second", O_RDONLY), "/tmp/second")).isTrue();
        assertThat(confirms(root.open("/tmp/second", O_RDONLY), "/tmp/dir/file"))
                .isFalse();
    }

    @Test
    void theProofGoesOverMounts() {
        root.bind("/tmp/dir", "/tmp/other");
        OpenFile file = root.open("/tmp/other/file", O_RDONLY);
        assertThat(confirms(file, "/tmp/other/file")).isTrue();
        assertThat(confirms(file, "/tmp/dir/file")).isFalse();
        assertThat(confirms(root.open("/tmp/other", O_RDONLY), "/tmp/other")).isTrue();
        assertThat(confirms(root.open("/tmp/other", O_RDONLY), "/tmp/dir")).isFalse();
        assertThat(confirms(root.open("/tmp/dir/file", O_RDONLY), "/tmp/other/file"))
                .isFalse();
        Location top = root.open("/tmp/other", O_RDONLY).location();
        assertThat(confirmsFrom(file, top, "file")).isTrue();
    }

    @Test
    void aNameThatIsCoveredNowProvesNothing() {
        OpenFile file = root.open("/tmp/dir/file", O_RDONLY);
        Location below = root.open("/tmp/dir", O_RDONLY).location();
        root.bind("/tmp/other", "/tmp/dir");
        assertThat(confirms(file, "/tmp/dir/file")).isFalse();
        assertThat(confirmsFrom(file, below, "file")).isTrue();
        assertThat(confirmsFrom(file, root.open("/tmp/dir", O_RDONLY).location(), "file"))
                .isFalse();
    }

    @Test
    void aFileThatMovedIsProvenAtItsNewPlace() {
        OpenFile file = root.open("/tmp/dir/file", O_RDONLY);
        assertThat(root.rename("/tmp/dir", "/tmp/moved")).isZero();
        root.directory("/tmp/dir");
        root.file("/tmp/dir/file");
        assertThat(confirms(file, "/tmp/dir/file")).isFalse();
        assertThat(confirms(file, "/tmp/moved/file")).isTrue();
    }

    @Test
    void aNameThatIsGoneProvesNothing() {
        OpenFile file = root.open("/tmp/dir/file", O_RDONLY);
        OpenFile directory = root.open("/tmp/dir", O_RDONLY);
        assertThat(root.unlink("/tmp/dir/file")).isZero();
        assertThat(confirms(file, "/tmp/dir/file")).isFalse();
        assertThat(confirmsFrom(file, directory.location(), "file")).isFalse();
        assertThat(root.rmdir("/tmp/dir")).isZero();
        assertThat(confirmsFrom(directory, directory.location(), ".")).isFalse();
        OpenFile unnamed = root.open("/tmp", O_TMPFILE | O_RDWR);
        assertThat(confirms(unnamed, "/tmp/#" + unnamed.inode().number())).isFalse();
    }

    @Test
    void aDetachedMountIsProvenFromWithinAlone() {
        OpenFile tree = World.opened(world.tree.openTree(root, World.bytes("/tmp/dir")));
        root.keep(3, tree);
        OpenFile file = root.openAt(3, "file", O_RDONLY);
        assertThat(confirmsFrom(file, tree.location(), "file")).isTrue();
        assertThat(confirms(file, "/file")).isFalse();
        assertThat(confirmsFrom(file, root.open("/tmp/dir", O_RDONLY).location(), "file"))
                .isFalse();
        assertThat(confirms(file, "/tmp/dir/file")).isFalse();
    }

    @Test
    void theRootIsThatOfTheProcess() {
        OpenFile file = root.open("/tmp/dir/file", O_RDONLY);
        FsContext jail = root.fs().copy();
        jail.setRoot(root.open("/tmp", O_PATH).location());
        assertThat(proves(file, jail.root(), "/dir/file")).isTrue();
        assertThat(proves(file, jail.root(), "/tmp/dir/file")).isFalse();
    }

    @Test
    void aFileOutsideAllTreesHasNoPath() {
        OpenFile socket = world.tree.socketFile("a socket");
        assertThat(confirms(socket, "/")).isFalse();
        assertThat(confirms(socket, "socket")).isFalse();
    }

    private boolean confirms(OpenFile file, String requested) {
        return confirmsFrom(file, root.fs().cwd(), requested);
    }

    private boolean confirmsFrom(OpenFile file, Location start, String requested) {
        boolean isAbsolute = requested.startsWith("/");
        return proves(file, isAbsolute ? root.fs().root() : start, requested);
    }

    private static boolean proves(OpenFile file, Location start, String requested) {
        byte[] bytes = World.bytes(requested);
        return PathProof.examine(
                        file, start.mountNumber(), start.dentryNumber(), bytes, bytes.length, Integer.MAX_VALUE)
                == PathProof.Result.CONFIRMED;
    }
}
