// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupPathsTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    private final List<Long> asked = new ArrayList<>();
    private final CgroupPaths paths = new CgroupPaths(id -> {
        asked.add(id);
        return id == 7 ? "/docker-" + ID + ".scope" : null;
    });

    @Test
    void theResolverIsAskedOnceOfACgroupOfWhichNoEventTold() {
        paths.put(5, ByteString.utf8("/told"));
        assertThat(paths.path(5)).hasToString("/told");
        for (int i = 0; i < 2; i++) {
            assertThat(paths.path(7)).hasToString("/docker-" + ID + ".scope");
            assertThat(paths.container(7)).extracting(Container::id).isEqualTo(ID);
            assertThat(paths.path(8)).isNull();
            assertThat(paths.container(8)).isNull();
        }
        assertThat(paths.path(0)).as("an event without a cgroup").isNull();
        assertThat(asked).containsExactly(7L, 8L);
    }

    @Test
    void anEventKnowsBetterThanAResolverWithoutAnAnswer() {
        assertThat(paths.path(9)).isNull();
        paths.put(9, ByteString.utf8("/told"));
        assertThat(paths.path(9)).hasToString("/told");
    }

    @Test
    void whoeverMakesManyCgroupsKeepsTheConsumerForABoundedTime() {
        long begun = System.nanoTime();
        for (long id = 100; id < 100_100; id++) {
            assertThat(paths.path(id)).isNull();
        }
        long seconds = (System.nanoTime() - begun) / 1_000_000_000L;
        assertThat(asked.size()).isBetween(256, (int) (256 * (seconds + 1)));
    }

    @Test
    void withoutAResolverOnlyEventsTell() {
        assertThat(new CgroupPaths(null).path(7)).isNull();
    }
}
