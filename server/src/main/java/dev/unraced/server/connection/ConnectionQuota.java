// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The places for a server's connections. Each {@link Rank} has places of its own, of which each party has a share. A
 * party is a user, a certificate, or the address of a peer that has shown no certificate yet.
 *
 * <p>A newcomer whose party has its full share takes the place of another connection of that party. If all places are
 * taken, it takes one of the party with the most. Connections with a subscription keep their places. Among the others,
 * those that never sent a byte go first, and the oldest before the newer. Thread-safe.
 */
final class ConnectionQuota {
    private final Map<Rank, Pool> pools = new EnumMap<>(Rank.class);
    private long numbers;

    private static final class Pool {
        final int most;
        final int share;
        final Set<Connection> members = new LinkedHashSet<>();
        final Map<Object, Integer> byParty = new HashMap<>();

        Pool(int most, int share) {
            this.most = most;
            this.share = share;
        }

        int of(Object party) {
            return Objects.requireNonNull(byParty.getOrDefault(party, 0));
        }

        void add(Connection connection) {
            if (members.add(connection)) {
                byParty.merge(connection.party, 1, Integer::sum);
            }
        }

        boolean remove(Connection connection) {
            boolean had = members.remove(connection);
            if (had) {
                byParty.computeIfPresent(connection.party, (key, count) -> count == 1 ? null : count - 1);
            }
            return had;
        }
    }

    /** The decision about a newcomer: whether it gets a place, and which connection has to go for it. */
    record Admission(boolean granted, @Nullable Connection victim) {}

    /**
     * Makes free places.
     *
     * @param most the places for controllers, and again for subscribers
     * @param share the places of one party of subscribers
     * @param unauthorized the places for peers that may not subscribe
     * @param unauthorizedShare the places of one such party
     */
    ConnectionQuota(int most, int share, int unauthorized, int unauthorizedShare) {
        pools.put(Rank.CONTROLLER, new Pool(most, most));
        pools.put(Rank.SUBSCRIBER, new Pool(most, share));
        pools.put(Rank.UNAUTHORIZED, new Pool(unauthorized, unauthorizedShare));
    }

    /**
     * Gives a connection a place of this rank and party, instead of any place that it has. If that is refused, the
     * connection has no place.
     *
     * @param evicts true if another connection may have to go for it
     */
    synchronized Admission admit(Connection connection, Object party, Rank rank, boolean evicts) {
        remove(connection);
        connection.party = party;
        connection.rank = rank;
        connection.number = numbers++;
        Pool pool = pool(rank);
        if (pool.of(party) >= pool.share || pool.members.size() >= pool.most) {
            forgetClosed(pool);
        }
        Connection victim = null;
        if (pool.of(party) >= pool.share) {
            victim = leastWorthy(pool, party);
        } else if (pool.members.size() >= pool.most) {
            victim = leastWorthy(pool, null);
        } else {
            pool.add(connection);
            return new Admission(true, null);
        }
        if (victim == null || !evicts || (!victim.party.equals(party) && pool.of(victim.party) <= pool.of(party))) {
            return new Admission(false, null);
        }
        pool.remove(victim);
        pool.add(connection);
        return new Admission(true, victim);
    }

    /** Frees the connection's place. */
    synchronized void remove(Connection connection) {
        pool(connection.rank).remove(connection);
    }

    synchronized int taken(Rank rank) {
        return pool(rank).members.size();
    }

    private Pool pool(Rank rank) {
        return Objects.requireNonNull(pools.get(rank));
    }

    /** Frees the places of closed connections: a connection closed before it had an event loop reports no end. */
    private static void forgetClosed(Pool pool) {
        for (Connection member : List.copyOf(pool.members)) {
            if (!member.isOpen()) {
                pool.remove(member);
            }
        }
    }

    /** Returns the connection to evict from one party, or, without a party, from the one with the most that can go. */
    private static @Nullable Connection leastWorthy(Pool pool, @Nullable Object party) {
        Map<Object, List<Connection>> idle = new HashMap<>();
        for (Connection member : pool.members) {
            if (!member.hasSubscriptions() && (party == null || member.party.equals(party))) {
                idle.computeIfAbsent(member.party, key -> new ArrayList<>()).add(member);
            }
        }
        Connection least = null;
        int most = 0;
        for (List<Connection> candidates : idle.values()) {
            if (candidates.size() > most) {
                most = candidates.size();
                least = candidates.stream().reduce(ConnectionQuota::lessWorthy).orElseThrow();
            }
        }
        return least;
    }

    private static Connection lessWorthy(Connection a, Connection b) {
        if (a.isSilent() != b.isSilent()) {
            return a.isSilent() ? a : b;
        }
        return a.number < b.number ? a : b;
    }
}
