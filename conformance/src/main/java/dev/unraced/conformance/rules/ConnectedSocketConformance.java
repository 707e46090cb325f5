// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotPlayed;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.RewrittenConnect;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.linux.Errno;
import java.util.Arrays;
import java.util.List;

/** Rules about the ends of the socket that a connect reached (chapter 2). */
@Requires(syscalls = Syscall.CONNECT)
public abstract class ConnectedSocketConformance extends DriverConformance {
    /** The actor's handle of the listener. */
    private static final int LISTENER = 1;

    private static final int CLIENT = 2;
    /** No family has a number above 255. */
    private static final int NO_FAMILY = 0x100;

    protected ConnectedSocketConformance() {}

    @Rule("An address that names no peer differs where the socket has one")
    @Requires(
            mitigations = Mitigation.STASH,
            provenances = Provenance.EXIT,
            integrities = Integrity.DIFFERS,
            features = {Feature.SOCKET_TUPLE, Feature.BLOCKING_CONNECTS})
    public final void r02_16_anAddressThatNamesNoPeerDiffers() {
        try (Scenario scenario = scenario().mitigation(Mitigation.STASH).open()) {
            RewrittenConnect rewritten = new RewrittenConnect(scenario);
            for (int family : new int[] {Sockaddr.AF_UNSPEC, NO_FAMILY, NO_FAMILY | Sockaddr.AF_UNIX}) {
                ByteString forged =
                        SocketAddresses.family(family, rewritten.passed().length());
                ConnectEvent event = rewritten.play(true, forged);
                assertThat(event.address().value().bytes())
                        .as("read at the return")
                        .isEqualTo(forged);
                assertThat(event.address().integrity()).as("family %d", family).isEqualTo(Integrity.DIFFERS);
            }
        }
    }

    @Rule("An address that the kernel did not look at, since an earlier attempt was told of, is not MATCH")
    @Requires(features = Feature.SOCKET_TUPLE)
    public final void r02_16_anIgnoredAddressDoesNotMatch() {
        for (Mitigation mode : Mitigation.values()) {
            if (!capabilities().has(mode)) {
                continue;
            }
            try (Scenario scenario = scenario().mitigation(mode).open()) {
                Sockets sockets = new Sockets(scenario.actor());
                ByteString other = sockets.freeAddress(CLIENT + 1);
                // No connect takes an address of four bytes, unless it does not look at it.
                ByteString small = ByteString.copyOf(Arrays.copyOf(other.toByteArray(), 4));
                ByteString address = sockets.listen(LISTENER, SocketAddresses.loopback(0), 16);
                assertIgnored(scenario, sockets, address, other, 0);
                assertIgnored(scenario, sockets, address, small, 0);
                ByteString closed = sockets.freeAddress(CLIENT + 2);
                assertIgnored(scenario, sockets, closed, other, -Errno.ECONNREFUSED);
                assertIgnored(scenario, sockets, closed, small, -Errno.ECONNREFUSED);
            }
        }
    }

    /** Makes a connect that must not block, and a second one with an address that the kernel ignores. */
    private static void assertIgnored(
            Scenario scenario, Sockets sockets, ByteString address, ByteString ignored, int expected) {
        sockets.nonblocking(CLIENT, Linux.AF_INET);
        scenario.call(WatchedCall.connect("h:" + CLIENT, address));
        Observed second = scenario.call(WatchedCall.connect("h:" + CLIENT, ignored));
        if (second.outcome().result() != expected) {
            throw new NotPlayed("the first attempt was told of at once");
        }
        assertThat(second.connect().address().integrity())
                .as("R2.16: %s", second.event())
                .isNotEqualTo(Integrity.MATCH);
    }

    @Rule("A socket that is connected shows both ends")
    @Requires(features = Feature.SOCKET_TUPLE)
    public final void r02_30_theSocketShowsBothEnds() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            for (ByteString own : List.of(SocketAddresses.loopback(0), SocketAddresses.loopback6(0))) {
                int family = new Sockaddr(own).family();
                ByteString address = sockets.listen(LISTENER, own, 16);
                sockets.stream(CLIENT, family);
                WatchedCall call = WatchedCall.connect("h:" + CLIENT, address);
                assertTuple("R2.30", scenario.call(call), 0, family, Linux.SOCK_STREAM);
                assertTuple("R2.30", scenario.call(call), Linux.EISCONN, family, Linux.SOCK_STREAM);

                sockets.datagram(CLIENT, family);
                assertTuple("R2.30", scenario.call(call), 0, family, Linux.SOCK_DGRAM);
            }
        }
    }

    @Rule("A peer at port 0 is a peer, though getpeername does not tell it")
    @Requires(features = {Feature.SOCKET_TUPLE, Feature.CONNECTING_PEER})
    public final void r02_30_aPeerAtPortZeroIsAPeer() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            for (ByteString own : List.of(SocketAddresses.loopback(0), SocketAddresses.loopback6(0))) {
                sockets.datagram(CLIENT, new Sockaddr(own).family());
                Observed portless = scenario.call(WatchedCall.connect("h:" + CLIENT, own));
                portless.outcome().requireResult(0, "a connect to port 0");
                assertThat(portless.connect()
                                .socket()
                                .flatMap(ConnectedSocket::remote)
                                .flatMap(Sockaddr::inetAddress))
                        .as("a peer on port 0 is a peer")
                        .isEqualTo(new Sockaddr(own).inetAddress());
            }
        }
    }

    @Rule("A connect that ends a connection shows no peer")
    @Requires(features = Feature.SOCKET_TUPLE)
    public final void r02_30_aSocketThatTheCallDisconnectedHasNoPeer() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            for (ByteString own : List.of(SocketAddresses.loopback(0), SocketAddresses.loopback6(0))) {
                int family = new Sockaddr(own).family();
                ByteString address = sockets.listen(LISTENER, own, 16);
                for (int type : List.of(Linux.SOCK_STREAM, Linux.SOCK_DGRAM)) {
                    if (type == Linux.SOCK_STREAM) {
                        sockets.stream(CLIENT, family);
                    } else {
                        sockets.datagram(CLIENT, family);
                    }
                    scenario.call(WatchedCall.connect("h:" + CLIENT, address));
                    Observed ended = scenario.call(
                            WatchedCall.connect("h:" + CLIENT, SocketAddresses.family(0, address.length())));
                    ended.outcome().requireResult(0, "a connect to AF_UNSPEC");
                    assertThat(ended.connect().socket().flatMap(ConnectedSocket::remote))
                            .as("%s %s", own, type)
                            .isEmpty();
                    assertThat(ended.connect().address().integrity())
                            .as("%s %s", own, type)
                            .isNotEqualTo(Integrity.DIFFERS);
                }
            }
        }
    }

    @Rule("A UNIX socket shows its peer's name, and its own when it has one")
    @Requires(features = Feature.SOCKET_TUPLE)
    public final void r02_31_aUnixSocketShowsItsPeer() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString address = sockets.listen(
                    LISTENER, SocketAddresses.unix(scenario.scratch().path("socket")), 16);
            sockets.stream(CLIENT, Linux.AF_UNIX);
            sockets.bindAnywhere(CLIENT);
            Observed observed = scenario.call(WatchedCall.connect("h:" + CLIENT, address));
            ConnectedSocket socket = socket("R2.31", observed);
            assertThat(socket.family()).as("the socket's family").isEqualTo(Linux.AF_UNIX);
            assertThat(socket.remote().flatMap(Sockaddr::unixPath))
                    .as("the peer")
                    .contains(scenario.scratch().bytes("socket"));
            assertThat(socket.local().map(Sockaddr::bytes))
                    .as("its own name")
                    .isEqualTo(observed.outcome().local());
        }
    }

    @Rule("A connect that goes on after it returned shows both ends")
    @Requires(features = {Feature.SOCKET_TUPLE, Feature.CONNECTING_PEER})
    public final void r02_32_aConnectInProgressShowsBothEnds() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString address = sockets.listenFull(LISTENER, SocketAddresses.loopback(0), CLIENT + 1);
            sockets.nonblocking(CLIENT, Linux.AF_INET);
            WatchedCall call = WatchedCall.connect("h:" + CLIENT, address);
            assertTuple("R2.32", scenario.call(call), Linux.EINPROGRESS, Linux.AF_INET, Linux.SOCK_STREAM);
            assertTuple("R2.32", scenario.call(call), Linux.EALREADY, Linux.AF_INET, Linux.SOCK_STREAM);
        }
    }

    private static void assertTuple(String rule, Observed observed, long result, int family, int type) {
        observed.outcome().requireResult(result, "a connect of a socket of type " + type);
        ConnectedSocket socket = socket(rule, observed);
        Violation.unless(rule, () -> assertThat(socket.family()).as("family").isEqualTo(family));
        Violation.unless(rule, () -> assertThat(socket.type()).as("type").isEqualTo(type));
        Violation.unless(
                rule,
                () -> assertThat(socket.local().map(ConnectedSocketConformance::endpoint))
                        .as("the own end, as getsockname has it")
                        .isEqualTo(observed.outcome()
                                .local()
                                .map(Sockaddr::new)
                                .map(ConnectedSocketConformance::endpoint)));
        ByteString passed = observed.connect().address().value().bytes();
        Violation.unless(
                rule,
                () -> assertThat(socket.remote().map(ConnectedSocketConformance::endpoint))
                        .as("the peer, as passed")
                        .contains(endpoint(new Sockaddr(passed))));
    }

    /** Returns address and port without flow label and scope, which the kernel fills in. */
    private static String endpoint(Sockaddr address) {
        return address.inetAddress().map(Object::toString).orElse("?") + ":" + address.port();
    }

    private static ConnectedSocket socket(String rule, Observed observed) {
        return observed.connect().socket().orElseThrow(() -> Violation.of(rule, "no socket in " + observed.event()));
    }
}
