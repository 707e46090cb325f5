// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.server.connection.SubscriptionQuota.Answer;
import org.junit.jupiter.api.Test;

/** Tests which peers get a further subscription at a server. */
class SubscriptionQuotaTest {

    @Test
    void aPeerHasItsShareAndControllersHaveTheirOwn() {
        SubscriptionQuota quota = new SubscriptionQuota(3, 2);
        assertThat(quota.take("a", Rank.SUBSCRIBER)).isEqualTo(Answer.GRANTED);
        assertThat(quota.take("a", Rank.SUBSCRIBER)).isEqualTo(Answer.GRANTED);
        assertThat(quota.take("a", Rank.SUBSCRIBER)).isEqualTo(Answer.SHARE_TAKEN);
        assertThat(quota.take("b", Rank.SUBSCRIBER)).isEqualTo(Answer.GRANTED);
        assertThat(quota.take("c", Rank.SUBSCRIBER)).isEqualTo(Answer.ALL_TAKEN);
        for (int i = 0; i < 3; i++) {
            assertThat(quota.take("root", Rank.CONTROLLER)).isEqualTo(Answer.GRANTED);
        }
        assertThat(quota.take("root", Rank.CONTROLLER)).isEqualTo(Answer.ALL_TAKEN);
        quota.give("a", Rank.SUBSCRIBER);
        assertThat(quota.take("c", Rank.SUBSCRIBER)).isEqualTo(Answer.GRANTED);
        assertThat(quota.taken()).isEqualTo(6);
    }
}
