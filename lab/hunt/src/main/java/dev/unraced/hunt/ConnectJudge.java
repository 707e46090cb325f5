// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.linux.Errno;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Judges what an event says of a connect. */
final class ConnectJudge {
    private static final int EISCONN = -Errno.EISCONN;
    /** EINPROGRESS and EALREADY. */
    private static final Set<Long> UNDER_WAY = Set.of(-115L, -114L);
    /** Results after which the kernel goes on with an attempt: EINPROGRESS, EALREADY, and EINTR. */
    private static final Set<Long> GOES_ON = Set.of(-115L, -114L, -4L);

    private static final long EINPROGRESS = -Errno.EINPROGRESS;

    private final ActLog log;
    private final Verdict verdict;
    private final Map<Long, Attempts> sockets = new HashMap<>();
    /**
     * Times of acts that can concern any socket: another thread may have replaced the descriptor, or the thread was
     * killed and logged nothing.
     */
    private final Windows ofAnySocket = new Windows();

    ConnectJudge(ActLog log, Verdict verdict) {
        this.log = log;
        this.verdict = verdict;
        for (Act act : log.acts()) {
            if (act.isConnect()) {
                ofSocket(act.line()).add(act);
                if (isReplaced(act)) {
                    ofAnySocket.add(act.begin(), act.looked());
                }
            }
        }
        for (LogLine killed : log.killed()) {
            ofAnySocket.add(killed.number("b"), killed.number("e"));
        }
        for (LogLine attempt : log.attempts()) {
            ofSocket(attempt).addUnseen(attempt);
        }
        for (LogLine renamed : log.renamed()) {
            ofSocket(renamed).addRenamed(renamed);
        }
    }

    private Attempts ofSocket(LogLine line) {
        return sockets.computeIfAbsent(line.number("cookie"), cookie -> new Attempts());
    }

    /** Collects the calls and attempts on one socket. */
    private static final class Attempts {
        final Windows calls = new Windows();
        /** Times of attempts that no connect made. */
        final Windows unseen = new Windows();
        /** Times at which its addresses got another scope or family. */
        final Windows renamed = new Windows();
        /** The scope of the own address before each of these changes, by the time after it. */
        private final TreeMap<Long, String> scopes = new TreeMap<>();
        /** When the first attempt ended that gave the socket this peer and may go on. */
        private final Map<String, Long> ends = new HashMap<>();

        void add(Act act) {
            // Nobody knows when a request without a completion ran.
            calls.add(act.begin(), act.looked() + (act.isQuiet() ? Judge.LATEST_NANOS : 0));
            if (GOES_ON.contains(act.result())) {
                ends.merge(Addresses.normal(act.line().text("to")), act.end(), Math::min);
                ends.merge(Addresses.normal(act.line().text("or")), act.end(), Math::min);
            }
        }

        void addUnseen(LogLine attempt) {
            unseen.add(attempt.number("b"), attempt.number("e"));
            ends.merge(Addresses.normal(attempt.text("to")), attempt.number("e"), Math::min);
        }

        void addRenamed(LogLine line) {
            renamed.add(line.number("b"), line.number("e"));
            scopes.put(line.number("e"), Addresses.scope(Addresses.normal(line.text("name"))));
        }

        /** Returns the scope of the own address until the first change after a time; empty if it needs none. */
        String scopeAt(long time) {
            Map.Entry<Long, String> next = scopes.ceilingEntry(time);
            return next == null ? "" : next.getValue();
        }

        Set<String> peersBefore(long time) {
            Set<String> peers = new HashSet<>();
            ends.forEach((peer, end) -> {
                if (end < time) {
                    peers.add(peer);
                }
            });
            return peers;
        }
    }

    void judge(Check check, Act act, ConnectEvent event) {
        boolean flips = !act.line().text("or").isEmpty();
        boolean flipsBlock = act.line().number("block") != 0;
        judgeArguments(check, act, event, flips, flipsBlock);
        if (act.result() != 0 && act.result() != EISCONN) {
            if (event.socket().isPresent() && !UNDER_WAY.contains(act.result())) {
                check.lie("socket", event.socket().get(), "none, the call failed with " + act.result());
            }
            if (act.result() == EINPROGRESS) {
                judgeAttempt(check, act, event, flips);
            }
            return;
        }
        Set<String> peers = possiblePeers(act, flips);
        judgeSocket(check, act, event, peers, flipsBlock);
        judgeMatch(check, act, event, peers);
    }

    private void judgeArguments(Check check, Act act, ConnectEvent event, boolean flips, boolean flipsBlock) {
        int fd = act.line().integer("fd");
        // The event of an unreadable block is FAULTED, and has no descriptor and no length.
        boolean unread = event.fd() == -1 && check.isMarked(EventFlag.FAULTED);
        if (!flipsBlock && fd >= 0 && !unread) {
            check.equal("fd", event.fd(), fd);
        }
        event.block().ifPresent(block -> {
            if (block.integrity() == Integrity.CHANGED && !flipsBlock) {
                check.lie("block_integrity", Integrity.CHANGED, "an unchanged block");
            }
            if (block.integrity() == Integrity.MATCH && fd >= 0) {
                check.equal("block_integrity", event.fd(), fd);
            }
        });
        if (!unread) {
            check.equal("addrlen", event.addrlen(), act.line().integer("len"));
        }
        if (event.address().isPresent()) {
            Set<String> passed = new HashSet<>();
            for (String hex : flips
                    ? List.of(act.line().text("to"), act.line().text("or"))
                    : List.of(act.line().text("to"))) {
                passed.add(Addresses.normal(hex));
            }
            check.oneOf("address", Addresses.normal(event.address().value()), passed);
        }
        if (event.address().integrity() == Integrity.CHANGED && !flips && !flipsBlock) {
            check.lie("address_integrity", Integrity.CHANGED, "an unchanged address");
        }
    }

    /** Returns the peers that the call can have connected the socket to; empty if they are unknown. */
    private Set<String> possiblePeers(Act act, boolean flips) {
        Set<String> peers = peers(act, flips);
        // A call can also meet an attempt that is over, on a socket that has got its other family since.
        if (ofSocket(act.line()).renamed.overlapping(0, act.looked()) == 0) {
            return peers;
        }
        // An address of IPv4 names the same peer as the one of IPv6 that stands for it; another scope names another.
        Set<String> names = new HashSet<>(peers);
        peers.forEach(peer -> names.add(Addresses.unmapped(peer)));
        return names;
    }

    private Set<String> peers(Act act, boolean flips) {
        if (!act.seen().isEmpty() && act.result() == 0) {
            verdict.testify();
            // A TCP connect that meets an attempt under way returns when that one ends, with its peer.
            Set<String> peers = earlier(act);
            peers.add(Addresses.normal(act.seen()));
            return peers;
        }
        String peer = Addresses.normal(act.line().text("peer"));
        if (!isRaced(act) && !peer.isEmpty()) {
            return Set.of(peer);
        }
        if (act.result() == EISCONN) {
            return Set.of();
        }
        Set<String> peers = new HashSet<>(Set.of(Addresses.normal(act.line().text("to"))));
        if (flips) {
            peers.add(Addresses.normal(act.line().text("or")));
        }
        peers.addAll(earlier(act));
        return peers;
    }

    /** Returns the peers of earlier attempts; a call can meet such an attempt, and return when it ends. */
    private Set<String> earlier(Act act) {
        return ofSocket(act.line()).peersBefore(act.begin());
    }

    /** A socket whose attempt goes on has its peer already: the address that the call passed. */
    private void judgeAttempt(Check check, Act act, ConnectEvent event, boolean flips) {
        if (event.socket().isEmpty()
                || check.isMarked(EventFlag.FD_TABLE_SHARED, EventFlag.EXECUTION_UNKNOWN, EventFlag.SOCKET_SHARED)) {
            return;
        }
        Set<String> peers = new HashSet<>(Set.of(Addresses.normal(act.line().text("to"))));
        if (flips) {
            peers.add(Addresses.normal(act.line().text("or")));
        }
        check.oneOf(
                "socket.remote",
                event.socket().get().remote().map(Addresses::normal).orElse(""),
                peers);
        judgeScope(
                check, act, event.socket().get().local().map(Addresses::normal).orElse(""));
    }

    /** The own address has the scope that it had before another process bound the socket to another interface. */
    private void judgeScope(Check check, Act act, String local) {
        String scope = ofSocket(act.line()).scopeAt(act.begin());
        if (isRenamed(act) && !scope.isEmpty()) {
            check.equal("socket.local's scope", Addresses.scope(local), scope);
        } else {
            check.exclude("socket.local");
        }
    }

    private boolean isReplaced(Act act) {
        long cookie = act.line().number("cookie");
        int fd = act.line().integer("fd");
        return cookie == 0
                || act.line().number("after") != cookie
                || (fd >= 0 && log.isReplaced(act.table(), fd, act.begin(), act.looked()));
    }

    /** Returns whether another call could have connected the socket before the look, or the look saw another socket. */
    private boolean isRaced(Act act) {
        if (isReplaced(act) || ofAnySocket.overlapping(act.begin(), act.looked()) > 0) {
            return true;
        }
        Attempts all = ofSocket(act.line());
        // The act itself is one of the overlapping calls.
        return isRenamed(act)
                || all.unseen.overlapping(act.begin(), act.looked()) > 0
                || all.calls.overlapping(act.begin(), act.looked()) > 1;
    }

    private boolean isRenamed(Act act) {
        return ofSocket(act.line()).renamed.overlapping(act.begin(), act.looked()) > 0;
    }

    private void judgeSocket(Check check, Act act, ConnectEvent event, Set<String> peers, boolean flipsBlock) {
        if (event.socket().isEmpty()) {
            if (!check.isMarked(EventFlag.OBJECT_MISSED, EventFlag.EXECUTION_UNKNOWN, EventFlag.FD_TABLE_SHARED)
                    && act.result() == 0) {
                check.lie("socket", "none, flags " + event.flags(), "a socket that was connected");
            }
            return;
        }
        if (check.isMarked(EventFlag.FD_TABLE_SHARED, EventFlag.EXECUTION_UNKNOWN, EventFlag.SOCKET_SHARED)) {
            return;
        }
        ConnectedSocket socket = event.socket().get();
        // The block's own integrity says whether the descriptor is asserted; see judgeArguments.
        if (flipsBlock && event.block().isEmpty() && event.fd() >= 0) {
            check.equal("fd", event.fd(), act.line().integer("fd"));
        }
        if (peers.isEmpty()) {
            check.exclude("socket.remote");
        } else {
            check.oneOf("socket.remote", socket.remote().map(Addresses::normal).orElse(""), peers);
        }
        String local = socket.local().map(Addresses::normal).orElse("");
        if (isRenamed(act)) {
            judgeScope(check, act, local);
        } else if (isRaced(act)) {
            check.exclude("socket.local");
        } else {
            check.equal("socket.local", local, Addresses.normal(act.line().text("name")));
        }
    }

    /**
     * MATCH says that the address is the peer; of the kernel's copy, that the kernel took it. Of a copy the peer tells
     * nothing where the socket has got it from an earlier call.
     */
    private void judgeMatch(Check check, Act act, ConnectEvent event, Set<String> peers) {
        if (event.address().integrity() != Integrity.MATCH || check.isMarked(EventFlag.EXECUTION_UNKNOWN)) {
            return;
        }
        boolean copied = event.address().provenance() == Provenance.KERNEL;
        boolean isEarlier = act.result() == EISCONN || !earlier(act).isEmpty();
        if (peers.isEmpty() || (copied && isEarlier)) {
            check.exclude("address_integrity");
            return;
        }
        verdict.asserted();
        String requested = Addresses.normal(event.address().value());
        if (!peers.contains(requested) && !(copied && requested.isEmpty())) {
            check.lie("address_integrity", event.address().provenance() + " MATCH of " + requested, peers);
        }
    }
}
