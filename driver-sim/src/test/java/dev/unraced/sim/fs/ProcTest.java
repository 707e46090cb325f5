// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EISDIR;
import static dev.unraced.linux.Errno.ENOENT;
import static dev.unraced.linux.Errno.ENOTDIR;
import static dev.unraced.linux.Errno.ENXIO;
import static dev.unraced.linux.Errno.EPERM;
import static dev.unraced.linux.OpenFlags.O_CREAT;
import static dev.unraced.linux.OpenFlags.O_NOFOLLOW;
import static dev.unraced.linux.OpenFlags.O_NONBLOCK;
import static dev.unraced.linux.OpenFlags.O_PATH;
import static dev.unraced.linux.OpenFlags.O_RDONLY;
import static dev.unraced.linux.OpenFlags.O_WRONLY;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcTest {
    private final World world = new World();
    private final World.Caller root = world.root;
    private final World.Caller user = world.user;

    @Test
    void selfLeadsToTheCallersOwnDirectory() {
        assertThat(user.resolved("/proc/self", O_RDONLY)).isEqualTo("/proc/42");
        assertThat(root.resolved("/proc/self", O_RDONLY)).isEqualTo("/proc/1");
        assertThat(user.resolved("/proc/self/status", O_RDONLY)).isEqualTo("/proc/42/status");
        assertThat(user.open("/proc/self", O_PATH | O_NOFOLLOW).inode().type()).isEqualTo(FileType.SYMLINK);
    }

    @Test
    void inodesAreStable() {
        long number = user.open("/proc/self", O_RDONLY).inode().number();
        assertThat(root.open("/proc/42", O_RDONLY).inode().number()).isEqualTo(number);
        assertThat(root.open("/proc/1", O_RDONLY).inode().number()).isNotEqualTo(number);
        SuperBlock device = user.inode("/proc/self/status").superBlock();
        assertThat(device).isSameAs(user.inode("/proc").superBlock());
        assertThat(device.minor()).isNotEqualTo(user.inode("/").superBlock().minor());
    }

    @Test
    void onlyLivingProcessesAreThere() {
        assertThat(root.error("/proc/43", O_RDONLY)).isEqualTo(ENOENT);
        assertThat(root.error("/proc/042", O_RDONLY)).isEqualTo(ENOENT);
        assertThat(root.error("/proc/4x", O_RDONLY)).isEqualTo(ENOENT);
        assertThat(root.error("/proc/99999999999", O_RDONLY)).isEqualTo(ENOENT);
        root.keep(3, root.open("/proc/42", O_PATH));
        world.kill(user);
        assertThat(root.error("/proc/42", O_RDONLY)).isEqualTo(ENOENT);
        assertThat(root.attempt(3, "status", O_RDONLY, 0).error()).isEqualTo(ENOENT);
    }

    @Test
    void magicLinksJumpToThePlaceItself() {
        root.directory("/tmp/dir");
        root.file("/tmp/dir/file");
        user.chdir("/tmp/dir");
        assertThat(root.resolved("/proc/42/cwd/file", O_RDONLY)).isEqualTo("/tmp/dir/file");
        assertThat(root.resolved("/proc/42/root", O_RDONLY)).isEqualTo("/");
        assertThat(root.resolved("/proc/42/cwd/..", O_RDONLY)).isEqualTo("/tmp");
        user.fs().setRoot(user.open("/tmp", O_PATH).location());
        assertThat(root.resolved("/proc/42/root/dir/file", O_RDONLY)).isEqualTo("/tmp/dir/file");
    }

    @Test
    void aDescriptorsLinkOpensTheFileThoughItsNameIsGone() {
        root.file("/tmp/file");
        OpenFile file = root.open("/tmp/file", O_RDONLY);
        root.keep(7, file);
        assertThat(root.unlink("/tmp/file")).isZero();
        root.file("/tmp/file");
        OpenFile again = root.open("/proc/self/fd/7", O_WRONLY);
        assertThat(again.inode()).isSameAs(file.inode());
        assertThat(again.resolve(root.fs()).deleted()).isTrue();
        assertThat(root.error("/proc/self/fd/8", O_RDONLY)).isEqualTo(ENOENT);
        assertThat(root.error("/proc/self/fd/7/x", O_RDONLY)).isEqualTo(ENOTDIR);
        assertThat(root.error("/proc/self/fd", O_WRONLY)).isEqualTo(EISDIR);
    }

    @Test
    void aDescriptorsLinkToASocketOrFifoOpensAsThoseDo() {
        root.keep(3, world.tree.socketFile("a socket"));
        assertThat(root.error("/proc/self/fd/3", O_RDONLY)).isEqualTo(ENXIO);
        assertThat(root.error("/proc/self/fd/3", O_PATH)).isZero();
        root.fifo("/tmp/fifo");
        root.keep(4, root.open("/tmp/fifo", O_RDONLY | O_NONBLOCK));
        assertThat(root.error("/proc/self/fd/4", O_WRONLY)).isZero();
    }

    @Test
    void nobodyMakesOrRemovesNames() {
        assertThat(root.error("/proc/new", O_CREAT)).isEqualTo(ENOENT);
        assertThat(world.tree.makeDirectory(root, World.bytes("/proc/self/new"), 0755))
                .isEqualTo(-ENOENT);
        assertThat(root.unlink("/proc/self/status")).isEqualTo(-EPERM);
        assertThat(root.rmdir("/proc/42")).isEqualTo(-EPERM);
    }
}
