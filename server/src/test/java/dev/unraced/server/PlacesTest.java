// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests which connections get a place at a server, and which have to go for them. */
class PlacesTest {
    private static final int MOST = 8;
    private static final int SHARE = 4;

    private final Places places = new Places(MOST, SHARE, MOST, SHARE);

    private static Connection connection() {
        return new Connection(new EmbeddedChannel(), new Peer.Unknown());
    }

    private List<Connection> fill(int count, Object party, Rank rank) {
        List<Connection> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Connection connection = connection();
            assertThat(places.admit(connection, party, rank, true).granted()).isTrue();
            made.add(connection);
        }
        return made;
    }

    @Test
    void aPartyAtItsShareGivesUpItsOwn() {
        List<Connection> first = fill(SHARE, "a", Rank.SUBSCRIBER);
        first.get(0).hasSpoken();
        fill(1, "b", Rank.SUBSCRIBER);
        Places.Admission admission = places.admit(connection(), "a", Rank.SUBSCRIBER, true);
        assertThat(admission.granted()).isTrue();
        assertThat(admission.victim()).as("the oldest that said nothing").isSameAs(first.get(1));
        assertThat(places.taken(Rank.SUBSCRIBER)).isEqualTo(SHARE + 1);
    }

    @Test
    void whereAllAreTakenTheGreediestPartyGivesWay() {
        List<Connection> greedy = fill(SHARE, "a", Rank.STRANGER);
        fill(2, "b", Rank.STRANGER);
        fill(2, "c", Rank.STRANGER);
        Places.Admission admission = places.admit(connection(), "d", Rank.STRANGER, true);
        assertThat(admission.granted()).isTrue();
        assertThat(admission.victim()).isSameAs(greedy.get(0));
        assertThat(places.taken(Rank.STRANGER)).isEqualTo(MOST);
    }

    @Test
    void connectionsWithASubscriptionStay() {
        fill(SHARE, "a", Rank.SUBSCRIBER).forEach(Connection::subscribed);
        Places.Admission admission = places.admit(connection(), "a", Rank.SUBSCRIBER, true);
        assertThat(admission.granted()).isFalse();
        assertThat(admission.victim()).isNull();
        assertThat(places.taken(Rank.SUBSCRIBER)).isEqualTo(SHARE);
    }

    @Test
    void ranksTakeNothingFromEachOther() {
        fill(SHARE, "a", Rank.STRANGER);
        fill(SHARE, "b", Rank.STRANGER);
        fill(SHARE, "a", Rank.SUBSCRIBER);
        fill(SHARE, "b", Rank.SUBSCRIBER);
        fill(MOST, "root", Rank.CONTROLLER);
        assertThat(places.taken(Rank.CONTROLLER)).isEqualTo(MOST);
    }

    @Test
    void aPlaceOfAConnectionThatClosedUnseenComesBack() {
        List<Connection> held = fill(SHARE, "a", Rank.SUBSCRIBER);
        held.forEach(Connection::subscribed);
        Channel gone = held.get(2).channel;
        gone.unsafe().closeForcibly();
        Places.Admission admission = places.admit(connection(), "a", Rank.SUBSCRIBER, true);
        assertThat(admission.granted()).isTrue();
        assertThat(admission.victim()).isNull();
    }

    @Test
    void aConnectionThatHasShownItsCertificateLeavesTheStrangers() {
        List<Connection> strangers = fill(SHARE, "address", Rank.STRANGER);
        assertThat(places.admit(strangers.get(0), "agent", Rank.SUBSCRIBER, true)
                        .granted())
                .isTrue();
        assertThat(places.taken(Rank.STRANGER)).isEqualTo(SHARE - 1);
        assertThat(places.taken(Rank.SUBSCRIBER)).isEqualTo(1);
        places.remove(strangers.get(0));
        places.remove(strangers.get(0));
        assertThat(places.taken(Rank.SUBSCRIBER)).isZero();
    }

    @Test
    void subscriptionsHaveSharesToo() {
        Shares shares = new Shares(3, 2);
        assertThat(shares.take("a", Rank.SUBSCRIBER)).isEqualTo(Shares.Answer.GRANTED);
        assertThat(shares.take("a", Rank.SUBSCRIBER)).isEqualTo(Shares.Answer.GRANTED);
        assertThat(shares.take("a", Rank.SUBSCRIBER)).isEqualTo(Shares.Answer.SHARE_TAKEN);
        assertThat(shares.take("b", Rank.SUBSCRIBER)).isEqualTo(Shares.Answer.GRANTED);
        assertThat(shares.take("c", Rank.SUBSCRIBER)).isEqualTo(Shares.Answer.ALL_TAKEN);
        for (int i = 0; i < 3; i++) {
            assertThat(shares.take("root", Rank.CONTROLLER)).isEqualTo(Shares.Answer.GRANTED);
        }
        assertThat(shares.take("root", Rank.CONTROLLER)).isEqualTo(Shares.Answer.ALL_TAKEN);
        shares.give("a", Rank.SUBSCRIBER);
        assertThat(shares.take("c", Rank.SUBSCRIBER)).isEqualTo(Shares.Answer.GRANTED);
        assertThat(shares.taken()).isEqualTo(6);
    }
}
