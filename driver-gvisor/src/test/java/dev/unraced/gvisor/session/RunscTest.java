// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests how the command is run, with scripts in its place. */
@Timeout(60)
class RunscTest {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private String script(String lines) throws IOException {
        Path script = Files.writeString(folder.resolve("runsc"), "#!/bin/sh\n" + lines + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script.toString();
    }

    /** Waits for the end of the process whose id is in the file. */
    private void awaitEnd(Path pid) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> ProcessHandle.of(
                                Long.parseLong(Files.readString(pid).strip()))
                        .filter(ProcessHandle::isAlive)
                        .isEmpty());
    }

    @Test
    void aCommandThatHangsIsKilledInTime() throws IOException {
        Path pid = folder.resolve("pid");
        Runsc runsc = new Runsc(script("echo $$ > " + pid + "; exec sleep 300"), "", PATIENCE);
        RunscException late = catchThrowableOfType(RunscException.class, () -> runsc.sessions("any"));
        assertThat(late).hasMessageContaining("has not ended within 1 s");
        assertThat(late.isLate()).isTrue();
        awaitEnd(pid);
    }

    @Test
    void anInterruptedCallerLeavesNoCommandBehind() throws Exception {
        Path pid = folder.resolve("pid");
        Runsc runsc = new Runsc(script("echo $$ > " + pid + "; exec sleep 300"), "");
        boolean[] staysInterrupted = new boolean[1];
        Thread caller = new Thread(() -> {
            try {
                runsc.version();
            } catch (RunscException e) {
                staysInterrupted[0] = Thread.currentThread().isInterrupted();
            }
        });
        caller.start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> Files.exists(pid) && !Files.readString(pid).isBlank());
        caller.interrupt();
        caller.join();
        assertThat(staysInterrupted[0]).isTrue();
        awaitEnd(pid);
    }

    @Test
    void aLongAnswerIsReadToItsEnd() throws Exception {
        Runsc runsc = new Runsc(script("seq 100000; echo 'dropped: 7'"), "");
        assertThat(runsc.run(pid -> {}, "any")).startsWith("1\n2\n").endsWith("\n100000\ndropped: 7\n");
    }

    @Test
    void aChildThatOutlivesTheCommandDelaysNothing() throws Exception {
        Path pid = folder.resolve("pid");
        Runsc runsc = new Runsc(script("sleep 300 &\necho $! > " + pid + "; echo done"), "", PATIENCE);
        try {
            assertThat(runsc.run(started -> {}, "any")).isEqualTo("done\n");
        } finally {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void aFailureIsExplained() throws Exception {
        Runsc runsc = new Runsc(script("echo 'loading sandbox: file does not exist'; exit 1"), "");
        assertThatThrownBy(() -> runsc.sessions("any"))
                .isInstanceOf(RunscException.class)
                .hasMessageContaining("knows no sandbox of that id");
    }
}
