// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WitnessTest {
    @Test
    void aRequestIsCarriedOutByTheLastActOfItsThreadBeforeIt() {
        assertThat(inodes(
                        "w k=1 t=10 b=1 ino=3 ud=0",
                        "w k=2 t=10 b=2 ino=3 ud=0",
                        "w k=1 t=11 b=3 ino=4 ud=0",
                        "w k=4 t=10 b=4 ino=0 ud=160",
                        "w k=4 t=11 b=5 ino=0 ud=161"))
                .containsExactlyInAnyOrderEntriesOf(Map.of(160L, 3L, 161L, 4L));
    }

    @Test
    void anActIsTheOneOfOneRequestAlone() {
        // The entry points of open requests call each other, so one request can have two records.
        assertThat(inodes(
                        "w k=1 t=10 b=1 ino=3 ud=0",
                        "w k=4 t=10 b=2 ino=0 ud=160",
                        "w k=4 t=10 b=3 ino=0 ud=160",
                        "w k=4 t=10 b=4 ino=0 ud=161"))
                .containsExactlyEntriesOf(Map.of(160L, 3L));
    }

    @Test
    void recordsAreInTheOrderOfTheirTimes() {
        assertThat(inodes("w k=4 t=10 b=2 ino=0 ud=160", "w k=1 t=10 b=1 ino=3 ud=0"))
                .containsExactlyEntriesOf(Map.of(160L, 3L));
    }

    private static Map<Long, Long> inodes(String... records) {
        List<LogLine> lines = Stream.of(records).map(LogLine::parse).toList();
        Map<Long, Long> inodes = new HashMap<>();
        Witness.ofRequests(lines).forEach((request, act) -> inodes.put(request, act.number("ino")));
        return inodes;
    }
}
