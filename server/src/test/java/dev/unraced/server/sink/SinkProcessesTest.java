// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.config.CaptureConfig;
import dev.unraced.process.ContainerAbsence;
import dev.unraced.process.ContainerResolver;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SinkProcessesTest {
    private static final AtomicInteger OPENED = new AtomicInteger();

    /** Counts who asks a runtime. */
    public static final class CountedRuntime implements ContainerResolver.Provider {
        @Override
        public ContainerResolver open(CaptureConfig config) {
            OPENED.incrementAndGet();
            return () -> new ContainerResolver.Failure(ContainerAbsence.NO_SOCKET, "there is none");
        }
    }

    @Test
    void theSinksOfAConfigurationAskTheRuntimeTogether() {
        CaptureConfig config =
                CaptureConfig.builder().processEvents(true).containerNames(true).build();
        assertThat(SinkProcesses.tableOfIds(config)).isNotNull();
        assertThat(OPENED).hasValue(0);
        assertThat(SinkProcesses.table(config)).isNotNull().isNotSameAs(SinkProcesses.table(config));
        assertThat(OPENED).hasValue(1);
        assertThat(SinkProcesses.table(CaptureConfig.builder().build())).isNull();
    }
}
