// SPDX-License-Identifier: Apache-2.0
package dev.unraced.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ProcessView;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.process.ProcessTable;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ProcessMetricsTest {
    private final ProcessTable table = new ProcessTable(4, 1);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void theCountsOfATableAreItsMeters() {
        new ProcessMetrics(table, Tags.of("table", "one")).bindTo(registry);
        for (int tgid = 10; tgid < 16; tgid++) {
            update(ProcessView.Type.EXEC, tgid);
        }
        update(ProcessView.Type.EXEC, -1);
        update(ProcessView.Type.EXIT, 14);
        update(ProcessView.Type.EXIT, 15);
        assertThat(value(ProcessMeter.KNOWN)).isEqualTo(3);
        assertThat(value(ProcessMeter.EVICTED)).isEqualTo(2);
        assertThat(value(ProcessMeter.FORGOTTEN)).isEqualTo(1);
        assertThat(value(ProcessMeter.REFUSED)).isEqualTo(1);
        assertThat(value(ProcessMeter.SHORTENED)).isZero();
        assertThat(value(ProcessMeter.CGROUPS_EVICTED)).isZero();
    }

    @Test
    void theDocumentationListsAllMeters() throws IOException {
        String text = Files.readString(Path.of("../docs/reference/metrics.md"));
        for (ProcessMeter meter : ProcessMeter.values()) {
            String kind = meter.getType().name().toLowerCase(Locale.ROOT);
            assertThat(text).contains("| " + kind + " | `" + meter.getName() + "` | " + meter.description() + " |\n");
        }
    }

    private double value(ProcessMeter meter) {
        return registry.get(meter.getName())
                .tag("table", "one")
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    private void update(ProcessView.Type type, int tgid) {
        ProcessEncoder encoder = new ProcessEncoder();
        encoder.begin(type, 1)
                .sequence(0, 1)
                .process(tgid, tgid, 1L << 30, 1)
                .comm(new byte[] {'a'})
                .finish();
        table.update(new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot());
    }
}
