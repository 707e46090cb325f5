// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MountsTest {
    private static final Mounts TABLE = read(
            "21 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda rw",
            "22 21 0:20 / /run rw,nosuid,nodev,noexec,relatime shared:2 - tmpfs tmpfs rw",
            "23 22 0:21 / /run/user/7 rw,nosuid,nodev,relatime shared:3 - tmpfs tmpfs rw",
            "24 21 0:22 /a /my\\040tmp rw,noexec - btrfs /dev/vdb rw",
            "25 21 0:23 / /twice rw,noexec - tmpfs tmpfs rw",
            "26 25 259:300 / /twice rw - xfs /dev/nvme0n1p300 rw",
            "torn");

    @Test
    void theInnermostMountDecides() {
        assertThat(above("/tmp")).isEqualTo(new Mounts.Mount(254 << 20 | 1, "/", "rw,relatime"));
        assertThat(above("/run").device()).isEqualTo(20);
        assertThat(above("/run/lock").device()).isEqualTo(20);
        assertThat(above("/run/user/7/x").device()).isEqualTo(21);
        assertThat(above("/runner").device()).isEqualTo(254 << 20 | 1);
    }

    @Test
    void aMountHidesTheOneBelowIt() {
        assertThat(above("/twice/x").device()).isEqualTo(259 << 20 | 300);
    }

    @Test
    void namesWithSpacesAreRead() {
        assertThat(above("/my tmp/x").device()).isEqualTo(22);
    }

    @Test
    void nothingIsAboveWhatNoMountHas() {
        assertThat(read("22 21 0:20 / /run rw - tmpfs tmpfs rw").above(Path.of("/usr")))
                .isNull();
    }

    @Test
    void aMountForbidsCode() {
        assertThat(above("/run/lock").forbidsCode()).isTrue();
        assertThat(above("/run/user/7").forbidsCode()).isFalse();
        assertThat(above("/twice").forbidsCode()).isFalse();
    }

    @Test
    void devicesThatAreMountedAreKnown() {
        assertThat(TABLE.have(20)).isTrue();
        assertThat(TABLE.have(300)).isFalse();
    }

    /** Any user can mount a file system on a directory of any name. */
    @Test
    void namesNeedNoCharset() {
        Mounts mounts = read(
                "21 1 254:1 / / rw - ext4 /dev/vda rw",
                "22 21 0:20 / /\u00ff rw - fuse x rw",
                "23 21 0:21 / /m\u00c3\u00bcll rw - fuse x rw",
                "24 21 0:22 / /split\rname rw - fuse x rw",
                "25 21 0:23 / /back\\134040slash\\012 rw - fuse x rw",
                "26 21 0:24 / /%2f rw - fuse x rw");
        assertThat(device(mounts, "/usr")).isEqualTo(254 << 20 | 1);
        assertThat(mounts.have(20)).isTrue();
        assertThat(device(mounts, "/%ff/x")).isEqualTo(20);
        assertThat(device(mounts, "/m%c3%bcll")).isEqualTo(21);
        assertThat(device(mounts, "/split%0dname/x")).isEqualTo(22);
        assertThat(device(mounts, "/back%5c040slash%0a/x")).isEqualTo(23);
        assertThat(device(mounts, "/%252f")).isEqualTo(24);
    }

    private static int device(Mounts mounts, String uri) {
        return Objects.requireNonNull(mounts.above(Path.of(URI.create("file://" + uri))))
                .device();
    }

    private static Mounts read(String... lines) {
        return Mounts.read(String.join("\n", lines).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Mounts.Mount above(String path) {
        return Objects.requireNonNull(TABLE.above(Path.of(path)));
    }
}
