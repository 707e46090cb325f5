// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests which connections get a place at a server, and which have to go for them. */
class ConnectionQuotaTest {
    private static final int MOST = 8;
    private static final int SHARE = 4;

    private final ConnectionQuota quota = new ConnectionQuota(MOST, SHARE, MOST, SHARE);

    private static Connection connection() {
        return new Connection(new EmbeddedChannel(), new Peer.Unknown());
    }

    private List<Connection> fill(int count, Object party, Rank rank) {
        List<Connection> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Connection connection = connection();
            assertThat(quota.admit(connection, party, rank, true).granted()).isTrue();
            made.add(connection);
        }
        return made;
    }

    @Test
    void aPartyAtItsShareGivesUpItsOwn() {
        List<Connection> first = fill(SHARE, "a", Rank.SUBSCRIBER);
        first.get(0).hasSpoken();
        fill(1, "b", Rank.SUBSCRIBER);
        ConnectionQuota.Admission admission = quota.admit(connection(), "a", Rank.SUBSCRIBER, true);
        assertThat(admission.granted()).isTrue();
        assertThat(admission.victim()).as("the oldest that said nothing").isSameAs(first.get(1));
        assertThat(quota.taken(Rank.SUBSCRIBER)).isEqualTo(SHARE + 1);
    }

    @Test
    void whereAllAreTakenTheGreediestPartyGivesWay() {
        List<Connection> greedy = fill(SHARE, "a", Rank.UNAUTHORIZED);
        fill(2, "b", Rank.UNAUTHORIZED);
        fill(2, "c", Rank.UNAUTHORIZED);
        ConnectionQuota.Admission admission = quota.admit(connection(), "d", Rank.UNAUTHORIZED, true);
        assertThat(admission.granted()).isTrue();
        assertThat(admission.victim()).isSameAs(greedy.get(0));
        assertThat(quota.taken(Rank.UNAUTHORIZED)).isEqualTo(MOST);
    }

    @Test
    void connectionsWithASubscriptionStay() {
        fill(SHARE, "a", Rank.SUBSCRIBER).forEach(Connection::subscribed);
        ConnectionQuota.Admission admission = quota.admit(connection(), "a", Rank.SUBSCRIBER, true);
        assertThat(admission.granted()).isFalse();
        assertThat(admission.victim()).isNull();
        assertThat(quota.taken(Rank.SUBSCRIBER)).isEqualTo(SHARE);
    }

    @Test
    void ranksTakeNothingFromEachOther() {
        fill(SHARE, "a", Rank.UNAUTHORIZED);
        fill(SHARE, "b", Rank.UNAUTHORIZED);
        fill(SHARE, "a", Rank.SUBSCRIBER);
        fill(SHARE, "b", Rank.SUBSCRIBER);
        fill(MOST, "root", Rank.CONTROLLER);
        assertThat(quota.taken(Rank.CONTROLLER)).isEqualTo(MOST);
    }

    @Test
    void aPlaceOfAConnectionThatClosedUnseenComesBack() {
        List<Connection> held = fill(SHARE, "a", Rank.SUBSCRIBER);
        held.forEach(Connection::subscribed);
        Channel gone = held.get(2).channel;
        gone.unsafe().closeForcibly();
        ConnectionQuota.Admission admission = quota.admit(connection(), "a", Rank.SUBSCRIBER, true);
        assertThat(admission.granted()).isTrue();
        assertThat(admission.victim()).isNull();
    }

    @Test
    void aConnectionThatHasShownItsCertificateLeavesTheUnauthorized() {
        List<Connection> unauthorized = fill(SHARE, "address", Rank.UNAUTHORIZED);
        assertThat(quota.admit(unauthorized.get(0), "agent", Rank.SUBSCRIBER, true)
                        .granted())
                .isTrue();
        assertThat(quota.taken(Rank.UNAUTHORIZED)).isEqualTo(SHARE - 1);
        assertThat(quota.taken(Rank.SUBSCRIBER)).isEqualTo(1);
        quota.remove(unauthorized.get(0));
        quota.remove(unauthorized.get(0));
        assertThat(quota.taken(Rank.SUBSCRIBER)).isZero();
    }
}
