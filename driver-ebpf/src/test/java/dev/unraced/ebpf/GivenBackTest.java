// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.verify;

import dev.unraced.capture.Capabilities;
import dev.unraced.config.CaptureConfig;
import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.ProgramInfo;
import dev.unraced.event.EventView;
import dev.unraced.event.Mitigation;
import dev.unraced.linux.Errno;
import dev.unraced.ring.RingCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.MockedStatic;

/** Checks that a source frees its resources, also when its start or its end fails halfway. */
@Timeout(60)
class GivenBackTest {
    private static final int STARTS = 5;

    @BeforeEach
    void needDriver() {
        RealKernel.need();
    }

    private static EbpfSettings settings(Mitigation mitigation) {
        return EbpfSettings.of(CaptureConfig.builder()
                .driver(EbpfDriver.NAME)
                .mitigation(mitigation)
                .observeSelf(true)
                .ringBytes(1 << 16)
                .build());
    }

    /** Counts the eventfds, maps, programs and perf events among the descriptors of this process. */
    private static long descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.map(GivenBackTest::target)
                    .filter(target -> target.startsWith("anon_inode:"))
                    .count();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void aStartThatFailsAtTheKernelsCopiesLeavesNoDescriptor() throws Exception {
        EbpfSource.start(settings(Mitigation.STASH)).release();
        long before = descriptors();
        try (MockedStatic<KernelCopy> copies = mockStatic(KernelCopy.class, CALLS_REAL_METHODS)) {
            copies.when(() -> KernelCopy.attach(any(), any(), any()))
                    .thenThrow(new EbpfFailure(EbpfFailure.Step.ATTACH, Errno.ENOTSUPP, "a copy"));
            for (int i = 0; i < STARTS; i++) {
                assertThatThrownBy(() -> EbpfSource.start(settings(Mitigation.KERNEL)))
                        .isInstanceOf(EbpfFailure.class);
            }
        }
        assertThat(descriptors()).isEqualTo(before);
    }

    @Test
    void anEndThatFailsLeavesNeitherTheKernelsCopiesNorDescriptors() throws Exception {
        EbpfSource.start(settings(Mitigation.STASH)).release();
        long before = descriptors();
        KernelCopy attached = mock(KernelCopy.class);
        EbpfSource source = EbpfSource.start(settings(Mitigation.STASH));
        RingCapture capture = new RingCapture(EbpfDriver.NAME, Capabilities.complete(), source.reader(), source);
        try (MockedStatic<KernelCopy> copies = mockStatic(KernelCopy.class, CALLS_REAL_METHODS)) {
            copies.when(() -> KernelCopy.attach(any(), any(), any())).thenReturn(attached);
            capture.switchTo(Mitigation.KERNEL);
        }
        try (MockedStatic<ProgramInfo> infos = mockStatic(ProgramInfo.class)) {
            infos.when(() -> ProgramInfo.of(anyInt())).thenThrow(new IllegalStateException("no information"));
            assertThatThrownBy(capture::close).hasMessage("no information");
        }
        verify(attached, atLeastOnce()).close();
        assertThat(descriptors()).isEqualTo(before);
        assertThat(capture.stats()).isNotNull();
        assertThat(capture.mitigation()).isEqualTo(Mitigation.KERNEL);
    }

    @Test
    void aViewThatAHandlerKeptReadsNoUnmappedMemory() throws Exception {
        EbpfSource source = EbpfSource.start(settings(Mitigation.STASH));
        List<EventView> kept = new ArrayList<>();
        try (RingCapture capture = new RingCapture(EbpfDriver.NAME, Capabilities.complete(), source.reader(), source)) {
            while (kept.isEmpty()) {
                Files.exists(Path.of("/nowhere"));
                Files.readString(Path.of("/proc/self/comm"));
                capture.await(kept::add, 1, TimeUnit.SECONDS.toNanos(1));
            }
        }
        assertThatThrownBy(() -> kept.get(0).snapshot()).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
