// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EACCES;
import static dev.unraced.linux.Errno.EBUSY;
import static dev.unraced.linux.Errno.EEXIST;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.EISDIR;
import static dev.unraced.linux.Errno.ENOENT;
import static dev.unraced.linux.Errno.ENOTDIR;
import static dev.unraced.linux.Errno.ENOTEMPTY;
import static dev.unraced.linux.Errno.EPERM;
import static dev.unraced.linux.Errno.EXDEV;
import static dev.unraced.linux.OpenFlags.O_RDONLY;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FileTreeTest {
    private final World world = new World();
    private final FileTree tree = world.tree;
    private final World.Caller root = world.root;
    private final World.Caller user = world.user;

    @BeforeEach
    void populate() {
        root.directory("/tmp/dir");
        root.file("/tmp/dir/file");
        root.symlink("dir", "/tmp/link");
    }

    @Test
    void namesAreMadeOnce() {
        assertThat(tree.makeFile(root, World.bytes("/tmp/dir"), 0644)).isEqualTo(-EEXIST);
        assertThat(tree.makeDirectory(root, World.bytes("/tmp/link"), 0755)).isEqualTo(-EEXIST);
        assertThat(tree.makeDirectory(root, World.bytes("/tmp/.."), 0755)).isEqualTo(-EEXIST);
        assertThat(tree.makeDirectory(root, World.bytes("/"), 0755)).isEqualTo(-EEXIST);
        assertThat(tree.makeFile(root, World.bytes("/tmp/new/"), 0644)).isEqualTo(-ENOENT);
        assertThat(tree.makeDirectory(root, World.bytes("/tmp/new/"), 0755)).isZero();
        assertThat(tree.makeFile(user, World.bytes("/tmp/dir/new"), 0644)).isEqualTo(-EACCES);
        assertThat(tree.symlink(root, World.bytes(""), World.bytes("/tmp/empty")))
                .isEqualTo(-ENOENT);
        assertThat(tree.makeSocket(root, World.bytes("/tmp/dir"), 0755).error()).isEqualTo(EEXIST);
    }

    @Test
    void missingDirectoriesAreMade() {
        assertThat(tree.mkdirs(root, World.bytes("/tmp/a//b/./c/"))).isZero();
        assertThat(tree.mkdirs(root, World.bytes("/tmp/a/b/c"))).isZero();
        assertThat(root.inode("/tmp/a/b/c").type()).isEqualTo(FileType.DIRECTORY);
        assertThat(tree.mkdirs(root, World.bytes("/tmp/dir/file"))).isEqualTo(-ENOTDIR);
        assertThat(tree.mkdirs(root, World.bytes("/tmp/dir/file/x"))).isEqualTo(-ENOTDIR);
    }

    @Test
    void aFileLivesWhileItHasANameOrIsOpen() {
        Inode inode = root.inode("/tmp/dir/file");
        assertThat(tree.link(root, World.bytes("/tmp/dir/file"), World.bytes("/tmp/second")))
                .isZero();
        assertThat(inode.links()).isEqualTo(2);
        assertThat(root.unlink("/tmp/dir/file")).isZero();
        assertThat(root.inode("/tmp/second")).isSameAs(inode);
        assertThat(root.unlink("/tmp/second")).isZero();
        assertThat(inode.links()).isZero();
        assertThat(tree.link(root, World.bytes("/tmp/dir"), World.bytes("/tmp/second")))
                .isEqualTo(-EPERM);
        assertThat(tree.link(root, World.bytes("/proc/self"), World.bytes("/tmp/second")))
                .isEqualTo(-EXDEV);
    }

    @Test
    void removingChecksWhatIsThere() {
        assertThat(root.unlink("/tmp/dir")).isEqualTo(-EISDIR);
        assertThat(root.unlink("/tmp/dir/file/")).isEqualTo(-ENOTDIR);
        assertThat(root.unlink("/tmp/missing")).isEqualTo(-ENOENT);
        assertThat(root.unlink("/tmp/.")).isEqualTo(-EISDIR);
        assertThat(root.rmdir("/tmp/dir")).isEqualTo(-ENOTEMPTY);
        assertThat(root.rmdir("/tmp/dir/file")).isEqualTo(-ENOTDIR);
        assertThat(root.rmdir("/tmp/link")).isEqualTo(-ENOTDIR);
        assertThat(root.rmdir("/tmp/dir/.")).isEqualTo(-EINVAL);
        assertThat(root.rmdir("/tmp/dir/..")).isEqualTo(-ENOTEMPTY);
        assertThat(root.rmdir("/")).isEqualTo(-EBUSY);
        assertThat(root.unlink("/tmp/link")).isZero();
    }

    @Test
    void theStickyBitGuardsTheFilesOfOthers() {
        root.file("/tmp/guarded");
        assertThat(user.unlink("/tmp/guarded")).isEqualTo(-EPERM);
        assertThat(user.rename("/tmp/guarded", "/tmp/taken")).isEqualTo(-EPERM);
        assertThat(user.unlink("/tmp/dir/file")).isEqualTo(-EACCES);
        user.file("/tmp/own");
        assertThat(user.rename("/tmp/own", "/tmp/guarded")).isEqualTo(-EPERM);
        assertThat(user.unlink("/tmp/own")).isZero();
    }

    @Test
    void renamingReplacesWhatIsThere() {
        root.file("/tmp/new");
        Inode inode = root.inode("/tmp/new");
        assertThat(root.rename("/tmp/new", "/tmp/dir/file")).isZero();
        assertThat(root.inode("/tmp/dir/file")).isSameAs(inode);
        assertThat(root.error("/tmp/new", O_RDONLY)).isEqualTo(ENOENT);
        assertThat(root.rename("/tmp/dir/file", "/tmp/dir/file")).isZero();
        assertThat(root.rename("/tmp/dir/file", "/tmp/dir")).isEqualTo(-ENOTEMPTY);
        root.directory("/tmp/empty");
        assertThat(root.rename("/tmp/link", "/tmp/empty")).isEqualTo(-EISDIR);
        assertThat(root.rename("/tmp/dir", "/tmp/link")).isEqualTo(-ENOTDIR);
        assertThat(root.rename("/tmp/dir", "/tmp/dir/sub")).isEqualTo(-EINVAL);
        assertThat(root.rename("/tmp/empty", "/tmp/dir")).isEqualTo(-ENOTEMPTY);
        assertThat(root.rename("/tmp/dir", "/tmp/empty")).isZero();
        assertThat(root.inode("/tmp/empty/file")).isSameAs(inode);
        assertThat(root.rename("/tmp/empty", "/tmp/final/")).isZero();
        assertThat(root.rename("/tmp/final/file", "/tmp/x/")).isEqualTo(-ENOTDIR);
        assertThat(root.rename("/tmp/final", "/proc/x")).isEqualTo(-EXDEV);
        assertThat(root.rename("/tmp/.", "/tmp/x")).isEqualTo(-EBUSY);
    }

    @Test
    void exchangingSwapsTwoNames() {
        Inode file = root.inode("/tmp/dir/file");
        Inode directory = root.inode("/etc");
        assertThat(exchange("/tmp/dir/file", "/etc")).isZero();
        assertThat(root.inode("/etc")).isSameAs(file);
        assertThat(root.inode("/tmp/dir/file")).isSameAs(directory);
        assertThat(root.resolved("/tmp/dir/file/passwd", O_RDONLY)).isEqualTo("/tmp/dir/file/passwd");
        assertThat(exchange("/etc", "/missing")).isEqualTo(-ENOENT);
        assertThat(exchange("/tmp", "/tmp/dir/file")).isEqualTo(-EINVAL);
        assertThat(exchange("/tmp/dir/file", "/tmp")).isEqualTo(-EINVAL);
    }

    @Test
    void aMountpointCannotBeRemoved() {
        root.directory("/tmp/point");
        root.bind("/etc", "/tmp/point");
        assertThat(root.rmdir("/tmp/point")).isEqualTo(-EBUSY);
        assertThat(root.rename("/tmp/point", "/tmp/x")).isEqualTo(-EBUSY);
        assertThat(tree.unmount(root, World.bytes("/tmp/point"))).isZero();
        assertThat(tree.unmount(root, World.bytes("/tmp/point"))).isEqualTo(-EINVAL);
        assertThat(tree.unmount(root, World.bytes("/"))).isEqualTo(-EINVAL);
        assertThat(root.rmdir("/tmp/point")).isZero();
    }

    @Test
    void aMountOfAnotherNamespaceGoesWithItsName() {
        root.directory("/tmp/point");
        World.Caller inside = world.new Caller(50, 0, root.fs().copy());
        assertThat(tree.unshare(inside)).isZero();
        inside.bind("/etc", "/tmp/point");
        OpenFile passwd = inside.open("/tmp/point/passwd", O_RDONLY);
        assertThat(root.rmdir("/tmp/point")).isZero();
        assertThat(passwd.resolve(inside.fs()).detached()).isTrue();
        assertThat(inside.error("/tmp/point", O_RDONLY)).isEqualTo(ENOENT);
    }

    @Test
    void mountsNeedPrivilegesAndLikeOnLike() {
        assertThat(tree.bindMount(user, World.bytes("/etc"), World.bytes("/tmp")))
                .isEqualTo(-EPERM);
        assertThat(tree.unmount(user, World.bytes("/proc"))).isEqualTo(-EPERM);
        assertThat(tree.unshare(user)).isEqualTo(-EPERM);
        assertThat(tree.openTree(user, World.bytes("/tmp")).error()).isEqualTo(EPERM);
        assertThat(tree.bindMount(root, World.bytes("/etc"), World.bytes("/tmp/dir/file")))
                .isEqualTo(-ENOTDIR);
        root.bind("/etc/passwd", "/tmp/dir/file");
        assertThat(root.inode("/tmp/dir/file")).isSameAs(root.inode("/etc/passwd"));
    }

    @Test
    void mountsOnTheSamePlaceAreStacked() {
        root.chdir("/tmp/dir");
        root.directory("/tmp/one");
        root.directory("/tmp/two");
        root.file("/tmp/two/second");
        root.bind("/tmp/one", "/tmp/dir");
        root.bind("/tmp/two", ".");
        assertThat(root.error("file", O_RDONLY))
                .as("the working directory is below")
                .isZero();
        assertThat(root.error("/tmp/dir/second", O_RDONLY)).isZero();
        assertThat(tree.unmount(root, World.bytes("/tmp/dir"))).isZero();
        assertThat(root.error("/tmp/dir/second", O_RDONLY)).isEqualTo(ENOENT);
        assertThat(root.error("/tmp/dir/file", O_RDONLY)).isEqualTo(ENOENT);
        assertThat(tree.unmount(root, World.bytes("/tmp/dir"))).isZero();
        assertThat(root.error("/tmp/dir/file", O_RDONLY)).isZero();
    }

    @Test
    void changingDirectoryNeedsToSearchIt() {
        user.chdir("/tmp/link");
        assertThat(user.resolved("file", O_RDONLY)).isEqualTo("/tmp/dir/file");
        assertThat(tree.chdir(user, World.bytes("file"))).isEqualTo(-ENOTDIR);
        assertThat(tree.chmod(root, World.bytes("/tmp/dir"), 0700)).isZero();
        assertThat(tree.chdir(user, World.bytes("."))).isEqualTo(-EACCES);
        assertThat(tree.chmod(user, World.bytes("/etc/passwd"), 0777)).isEqualTo(-EPERM);
    }

    @Test
    void statFollowsLinksAndLstatDoesNot() {
        assertThat(root.inode("/tmp/link").type()).isEqualTo(FileType.DIRECTORY);
        InodeOrError link = tree.lstat(root, World.bytes("/tmp/link"));
        assertThat(link.inode()).isNotNull();
        assertThat(link.inode().type()).isEqualTo(FileType.SYMLINK);
        assertThat(tree.stat(root, World.bytes("/tmp/missing")).error()).isEqualTo(ENOENT);
    }

    private int exchange(String one, String other) {
        return tree.exchange(root, World.bytes(one), World.bytes(other));
    }
}
