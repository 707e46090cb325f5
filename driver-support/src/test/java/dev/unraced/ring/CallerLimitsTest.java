// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CallerLimitsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long USER = 1000;
    private static final long CGROUP = 7;

    private static long admitted(CallerLimits limits, long uid, long cgroup, int calls, long now) {
        return LongStream.range(0, calls)
                .filter(i -> limits.admits(uid, cgroup, now))
                .count();
    }

    @Test
    void aBurstOfOneSecondPassesAndThenTheRate() {
        CallerLimits limits = new CallerLimits(SECOND / 10, 0);

        assertThat(admitted(limits, USER, CGROUP, 100, SECOND)).isEqualTo(10);
        assertThat(admitted(limits, USER, CGROUP, 100, SECOND + SECOND / 10)).isEqualTo(1);
        assertThat(admitted(limits, USER, CGROUP, 100, 3 * SECOND)).isEqualTo(10);
    }

    @Test
    void ofOffLimitsThereAreNone() {
        assertThat(admitted(new CallerLimits(0, 0), USER, CGROUP, 100, 0)).isEqualTo(100);
    }

    @Test
    void usersAndCgroupsDoNotTakeFromEachOther() {
        CallerLimits limits = new CallerLimits(SECOND / 10, SECOND / 15);

        assertThat(admitted(limits, USER, CGROUP, 100, SECOND)).isEqualTo(10);
        assertThat(admitted(limits, USER + 1, CGROUP, 100, SECOND)).isEqualTo(5);
        // Events that the cgroup's limit refused cost the user no token.
        assertThat(admitted(limits, USER + 1, CGROUP + 1, 100, SECOND)).isEqualTo(5);
    }

    @Test
    void manyUsersGetNoMoreThanTheTableAllows() {
        CallerLimits limits = new CallerLimits(SECOND / 10, 0);
        int users = 3 * TokenBuckets.MOST;

        long all = LongStream.range(0, users)
                .map(user -> admitted(limits, user, CGROUP, 20, SECOND))
                .sum();

        assertThat(all).isEqualTo(10L * (TokenBuckets.MOST + 1));
        assertThat(admitted(limits, users, CGROUP, 100, 3 * SECOND))
                .as("once their buckets are full again, others get theirs")
                .isEqualTo(10);
    }
}
