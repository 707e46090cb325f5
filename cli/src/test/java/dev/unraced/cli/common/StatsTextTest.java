// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.event.ProcessView;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.process.ProcessTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatsTextTest {
    private static CaptureStats stats(CallerLosses... heaviest) {
        return CaptureStats.builder()
                .returned(100)
                .delivered(60)
                .lost(Map.of(LossReason.RING_FULL, 10L, LossReason.RATE_LIMITED, 30L))
                .heaviest(List.of(heaviest))
                .build();
    }

    @Test
    void whoLostEventsIsNamedAndTheRestCountedTogether() {
        assertThat(StatsText.losers(stats(new CallerLosses(1000, 7, 25), new CallerLosses(0, 1, 3))))
                .isEqualTo("""
                        unraced: whose events the source lost:
                          user 1000, cgroup 7: 25
                          user 0, cgroup 1: 3
                          others: 12""");
        assertThat(StatsText.losers(stats(new CallerLosses(1000, 7, 40)))).isEqualTo("""
                        unraced: whose events the source lost:
                          user 1000, cgroup 7: 40""");
    }

    @Test
    void theSummaryNamesEachNumberThatItsBalanceNeeds() {
        CaptureStats calls = CaptureStats.builder().returned(9).delivered(9).build();
        assertThat(StatsText.summary("9 printed", "sim", calls))
                .isEqualTo("unraced: 9 printed; driver sim: 9 returned, 9 delivered, 0 lost, 0 filtered, balanced");
        CaptureStats all = calls.toBuilder()
                .entered(2)
                .processEvents(21)
                .delivered(31)
                .pending(1)
                .build();
        assertThat(StatsText.summary("9 printed", "sim", all))
                .isEqualTo("unraced: 9 printed; driver sim: 9 returned, 2 entered, 21 process events, 31 delivered, "
                        + "1 left unread, 0 lost, 0 filtered, balanced");
    }

    @Test
    void aTableSaysWhatItGaveUpThatMayBeMissed() {
        ProcessTable table = new ProcessTable(4, 1);
        assertThat(StatsText.processes("unraced", table)).isEmpty();
        for (int tgid = 1; tgid < 8; tgid++) {
            ProcessEncoder encoder = new ProcessEncoder();
            encoder.begin(ProcessView.Type.EXEC, 1).process(tgid, tgid, 1, 1).finish();
            table.update(new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot());
        }
        assertThat(StatsText.processes("sink file", table))
                .isEqualTo("sink file: processes: 4 known, 0 forgotten after their end, 3 given up for others,"
                        + " 0 kept short, 0 refused; 0 cgroups given up");
        assertThat(StatsText.untold(0)).isEmpty();
        assertThat(StatsText.untold(7)).startsWith("unraced: of 7 processes");
    }

    @Test
    void whereNobodyCountsNothingIsSaid() {
        assertThat(StatsText.losers(stats())).isEmpty();
    }
}
