// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.ebpf.EbpfDriver;
import dev.unraced.event.Origin;
import dev.unraced.natives.LibC;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Checks opens through an io_uring with room for one completion, which nobody takes. The kernel reuses the memory of a
 * request for the next, so each finds there the result that it has itself.
 */
@Timeout(120)
class FullRingTest {
    private static final int OPENS = 200;
    private static final int SELF = Math.toIntExact(ProcessHandle.current().pid());
    private static final long IO_URING_SETUP = 425;
    private static final long IO_URING_ENTER = 426;
    private static final long ENTRIES = 0x10000000;
    /** IORING_SETUP_CQSIZE */
    private static final int WITH_COMPLETIONS = 1 << 3;

    private static final byte OPENAT = 18;
    private static final int AT_FDCWD = -100;
    private static final int ENTRY_SIZE = 64;
    private static final int PAGE = 4096;
    /** Where struct io_uring_params has what is used of it. */
    private static final int PARAMETERS_SIZE = 120;

    private static final int SQ_TAIL = 44;
    private static final int SQ_ARRAY = 64;

    @BeforeEach
    void needDriver() {
        RunnableDriver.need(new EbpfDriver(), CaptureConfig.builder().build());
    }

    @Test
    void opensThatFailAreEvents() {
        checkOpensOf("/no/such/file/of/FullRingTest");
    }

    private static void checkOpensOf(String path) {
        List<Long> results = new ArrayList<>();
        try (Capture capture = Capture.open(CaptureConfig.builder()
                .driver(EbpfDriver.NAME)
                .observeSelf(true)
                .tgids(SELF)
                .build())) {
            open(path);
            CaptureStats stats = capture.stats();
            while (stats.pending() > 0 || stats.imbalance() != 0) {
                capture.await(
                        event -> {
                            if (event.origin() == Origin.IO_URING) {
                                results.add(event.result());
                            }
                        },
                        4_096,
                        1_000_000);
                stats = capture.stats();
            }
            assertThat(results).as("%s", stats).hasSize(OPENS).containsOnly(-2L);
            assertThat(stats.totalLost()).isZero();
        }
    }

    private static void open(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        Memory name = new Memory(bytes.length + 1L);
        name.write(0, bytes, 0, bytes.length);
        name.setByte(bytes.length, (byte) 0);
        Memory parameters = new Memory(PARAMETERS_SIZE);
        parameters.clear();
        parameters.setInt(4, 1);
        parameters.setInt(8, WITH_COMPLETIONS);
        int fd = Math.toIntExact(LibC.syscall(IO_URING_SETUP, 1, Pointer.nativeValue(parameters), 0, 0, 0));
        assertThat(fd).isPositive();
        Pointer rings = LibC.mmap(Pointer.NULL, PAGE, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, fd, 0);
        Pointer entry = LibC.mmap(Pointer.NULL, PAGE, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, fd, ENTRIES);
        for (int i = 1; i <= OPENS; i++) {
            entry.clear(ENTRY_SIZE);
            entry.setByte(0, OPENAT);
            entry.setInt(4, AT_FDCWD);
            entry.setLong(16, Pointer.nativeValue(name));
            entry.setLong(32, i);
            rings.setInt(parameters.getInt(SQ_ARRAY), 0);
            rings.setInt(parameters.getInt(SQ_TAIL), i);
            assertThat(LibC.syscall(IO_URING_ENTER, fd, 1, 0, 0, 0)).isEqualTo(1);
        }
        LibC.munmap(entry, PAGE);
        LibC.munmap(rings, PAGE);
        LibC.close(fd);
    }
}
