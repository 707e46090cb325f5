// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Integrity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checks which paths are proven, with real directories and mounts of the running kernel. */
@Timeout(120)
class PathProofTest {
    private static final Pattern PROBE = Pattern.compile("(.*/)?probe");

    @TempDir
    private Path scratch;

    @BeforeEach
    void needDriver() throws IOException {
        RealKernel.need();
        Files.createDirectories(scratch.resolve("dir/sub"));
        Files.createDirectories(scratch.resolve("other"));
        Files.createFile(scratch.resolve("dir/sub/probe"));
        Files.createFile(scratch.resolve("dir/probe"));
        Files.createFile(scratch.resolve("other/probe"));
        Files.createSymbolicLink(scratch.resolve("link"), Path.of("dir"));
    }

    @Test
    void aPathIsProvenInAnySpellingWithoutLinksAndDots() throws Exception {
        assertThat(opened("$D/dir/sub/probe", "cd $D; : <dir/probe; : <./dir//sub/./probe; : <$D//./dir///probe"))
                .containsExactly(Integrity.MATCH, Integrity.MATCH, Integrity.MATCH, Integrity.MATCH);
        assertThat(opened(
                        "$D/dir/../dir/probe", "cd $D/dir; : <../dir/probe; : <$D/link/probe; : </proc/self/cwd/probe"))
                .containsOnly(Integrity.DIFFERS)
                .hasSize(4);
    }

    @Test
    void aPathIsProvenAcrossMounts() throws Exception {
        assertThat(apart("mount --bind $D/other $D/dir; : <$D/dir/probe")).containsExactly(Integrity.MATCH);
        assertThat(apart("mount --bind $D/dir $D/other; mount --bind $D/other $D/other; : <$D/other/sub/probe"))
                .containsExactly(Integrity.MATCH);
    }

    @Test
    void aMountElsewhereOnTheSameDirectoryIsNotInTheWay() throws Exception {
        assertThat(apart("mount --bind $D/dir $D/other; mount -t tmpfs none $D/dir/sub; : <$D/other/sub/probe"))
                .containsExactly(Integrity.MATCH);
    }

    @Test
    void aFileBelowAMountIsFoundByRelativePathsOnly() throws Exception {
        assertThat(apart("cd $D/dir; exec 3<.; mount -t tmpfs none $D/dir; : <probe; : </proc/self/fd/3/probe"))
                .containsExactly(Integrity.MATCH, Integrity.DIFFERS);
    }

    @Test
    void aNameThatIsCoveredWhenTheCallReturnsIsNotProven() throws Exception {
        // 257 and 56 are the numbers of openat on x86-64 and arm64.
        assertThat(apart("rm $D/other/probe; mkfifo $D/other/probe; exec 3<$D/other; (: <$D/other/probe) & "
                        + "until grep -qE \"^(257|56) \" /proc/$!/syscall; do :; done; mount -t tmpfs none $D/other; "
                        + ": >/proc/self/fd/3/probe; wait"))
                .containsExactly(Integrity.DIFFERS, Integrity.DIFFERS);
    }

    @Test
    void aChrootHasItsOwnRoot() throws Exception {
        assertThat(apart("mkdir $D/root; mount --bind / $D/root; exec chroot $D/root /bin/sh -c ': <'$D'/dir/probe'"))
                .containsExactly(Integrity.MATCH);
    }

    @Test
    void nothingIsComparedWhenIntegrityIsOff() throws Exception {
        assertThat(run(false, ": <$D/dir/probe; : <$D/link/probe"))
                .containsExactly(Integrity.UNCHECKED, Integrity.UNCHECKED);
    }

    private List<Integrity> opened(String path, String script) throws Exception {
        return run(true, ": <" + path + "; " + script);
    }

    /** Runs a script in a new mount namespace. */
    private List<Integrity> apart(String script) throws Exception {
        return run(true, "exec unshare -m sh -c '" + script.replace("'", "'\\''") + "'");
    }

    /**
     * Returns the integrity of each successful open of a file called probe, in order. $D stands for the scratch
     * directory.
     */
    private List<Integrity> run(boolean integrity, String script) throws Exception {
        List<Integrity> found = new ArrayList<>();
        String directory = scratch.toRealPath().toString();
        try (Capture capture = Capture.open(
                CaptureConfig.builder().driver("ebpf").integrity(integrity).build())) {
            Commands.run("sh", "-c", script.replace("$D", directory));
            capture.poll(
                    event -> {
                        if (event.isOpenLike()
                                && event.result() >= 0
                                && PROBE.matcher(event.path().toString()).matches()) {
                            found.add(event.path().integrity());
                        }
                    },
                    Integer.MAX_VALUE);
        }
        return found;
    }
}
