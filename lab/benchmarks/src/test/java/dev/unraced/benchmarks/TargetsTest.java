// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.benchmarks.measure.Table;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TargetsTest {
    @Test
    void tellsWhatIsWithinItsBound() {
        Table open = table("open", "added_ns", Table.Row.of("stash", 900.0));
        Table getppid = table("getppid", "added_ns", Table.Row.of("stash", 76.0));
        Table ladder =
                table("ladder", "calls_per_second", Table.Row.of("stash", 300.0), Table.Row.of("opensnoop", 100.0));
        Table targets = Targets.table(Map.of("open", open, "getppid", getppid, "ladder", ladder));
        assertThat(targets.rows()).hasSize(3);
        assertThat(targets.value("ns added to openat+close, stash", "within")).isEqualTo(1);
        assertThat(targets.value("ns added to an unwatched call", "within")).isEqualTo(0);
        assertThat(targets.value("calls a second without loss, over opensnoop's", "measured"))
                .isEqualTo(3);
    }

    private static Table table(String id, String column, Table.Row... rows) {
        return new Table(id, id, List.of(new Table.Column(column, column, 0)), List.of(rows), List.of());
    }
}
