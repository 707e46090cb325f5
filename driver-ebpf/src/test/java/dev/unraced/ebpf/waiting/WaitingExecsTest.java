// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.ebpf.EbpfDriver;
import dev.unraced.ebpf.libbpf.Machine;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.natives.LibC;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks execs of which more wait in the kernel than there is room for paths: what is known of the caller is kept of
 * each (R16.10, R16.11). They wait since a lease is on their file.
 */
@Timeout(120)
class WaitingExecsTest {
    private static final int FAILING = 400;
    private static final int SUCCEEDING = 300;
    private static final Duration WAIT = Duration.ofMillis(200);

    /** Numbers of calls on x86_64, and of commands of fcntl(2). */
    private static final long OPENAT = 257;

    private static final long FCNTL = 72;
    private static final long AT_FDCWD = -100;
    private static final long F_SETSIG = 10;
    private static final long F_SETLEASE = 1024;
    private static final long F_WRLCK = 1;
    private static final long F_UNLCK = 2;
    /** A signal that is ignored by default, instead of the one that ends a process. */
    private static final long SIGURG = 23;

    @BeforeEach
    void needDriver() {
        RunnableDriver.need(new EbpfDriver(), CaptureConfig.builder().build());
        assumeTrue(Machine.localArchitecture().equals("x86_64"), "the numbers are those of another machine");
    }

    /** A lease on a file, which keeps others from opening it until it is given back. */
    private static final class Lease implements AutoCloseable {
        private final long fd;

        Lease(Path file) {
            byte[] bytes = file.toString().getBytes(StandardCharsets.UTF_8);
            try (Memory path = new Memory(bytes.length + 1L)) {
                path.write(0, bytes, 0, bytes.length);
                path.setByte(bytes.length, (byte) 0);
                fd = LibC.syscall(OPENAT, AT_FDCWD, Pointer.nativeValue(path), 0, 0, 0);
            }
            assertThat(LibC.syscall(FCNTL, fd, F_SETSIG, SIGURG, 0, 0)).isZero();
            assertThat(LibC.syscall(FCNTL, fd, F_SETLEASE, F_WRLCK, 0, 0)).isZero();
        }

        @Override
        public void close() {
            LibC.syscall(FCNTL, fd, F_SETLEASE, F_UNLCK, 0, 0);
            LibC.close((int) fd);
        }
    }

    /**
     * Counts the execs of two files by a shell's children. An exec without a path could be another program's as well.
     */
    private static final class Watcher implements EventHandler {
        private final String failing;
        private final String succeeding;
        private long shell;
        private int failed;
        private int unknown;
        private int withoutPath;
        private int succeeded;
        private int withoutCall;

        Watcher(Path failing, Path succeeding) {
            this.failing = failing.toString();
            this.succeeding = succeeding.toString();
        }

        @Override
        public void onEvent(EventView event) {}

        @Override
        public void onProcess(ProcessView event) {
            if (event.parentTgid() != shell) {
                return;
            }
            String path = event.path().toString();
            if (event.type() == ProcessView.Type.EXEC && path.equals(succeeding)) {
                succeeded++;
                withoutCall += event.execCall() == ExecCall.UNKNOWN ? 1 : 0;
            } else if (event.type() == ProcessView.Type.EXEC_FAILED && (path.equals(failing) || path.isEmpty())) {
                failed++;
                unknown += event.has(EventFlag.ENTER_MISSED) ? 1 : 0;
                withoutPath += path.isEmpty() || event.has(EventFlag.STASH_FULL) ? 1 : 0;
                assertThat(!path.isEmpty() || event.has(EventFlag.STASH_FULL))
                        .as("a path, or a mark")
                        .isTrue();
            }
        }
    }

    @Test
    void whatIsKnownOfTheCallerIsKeptOfEach(@TempDir Path directory) throws Exception {
        Path failing = directory.resolve("failing");
        Path succeeding = directory.resolve("succeeding");
        Files.write(failing, new byte[] {0x7f, 'E', 'L', 'F', 0});
        Files.copy(Path.of("/bin/true"), succeeding);
        assertThat(failing.toFile().setExecutable(true)).isTrue();
        assertThat(succeeding.toFile().setExecutable(true)).isTrue();
        Watcher watcher = new Watcher(failing, succeeding);
        try (Capture capture = Capture.open(
                CaptureConfig.builder().driver("ebpf").processEvents(true).build())) {
            Process shell;
            try (Lease first = new Lease(failing);
                    Lease second = new Lease(succeeding)) {
                shell = new ProcessBuilder(
                                "bash",
                                "-c",
                                "for ((i = 0; i < " + FAILING + "; i++)); do " + failing + " & done; "
                                        + "for ((i = 0; i < " + SUCCEEDING + "; i++)); do " + succeeding
                                        + " & done; echo >" + directory + "/all; wait; true")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                watcher.shell = shell.pid();
                while (!Files.exists(directory.resolve("all"))) {
                    capture.await(watcher, 4096, WAIT);
                }
                for (int i = 0; i < 10; i++) {
                    capture.await(watcher, 4096, WAIT);
                }
                assertThat(watcher.failed + watcher.succeeded)
                        .as("none has ended")
                        .isZero();
            }
            while (shell.isAlive() || capture.stats().pending() > 0) {
                capture.await(watcher, 4096, WAIT);
            }
            assertThat(capture.stats().totalLost()).isZero();
        }
        assertThat(watcher.failed).isGreaterThanOrEqualTo(FAILING);
        assertThat(watcher.unknown).as("entries that were missed").isZero();
        assertThat(watcher.succeeded).isEqualTo(SUCCEEDING);
        assertThat(watcher.withoutCall).as("execs by an unknown call").isZero();
        assertThat(watcher.withoutPath).as("paths without room").isBetween(1, FAILING);
    }
}
