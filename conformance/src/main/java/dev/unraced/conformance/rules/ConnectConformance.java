// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.ArgumentAssertions;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Requested;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Rules about connects: that each is an event, with its address and its result (chapters 1, 2, 3 and 14). */
@Requires(syscalls = Syscall.CONNECT)
public abstract class ConnectConformance extends DriverConformance {
    /** The actor's handle of the listener. */
    private static final int LISTENER = 1;

    private static final int CLIENT = 2;

    private static final int FILLER = 10;

    protected ConnectConformance() {}

    /** Rules about the ends of the socket that a connect reached (chapter 2). */
    @Nested
    class Ends extends ConnectedSocketConformance {}

    @Rule("Every connect yields exactly one event")
    public final void r01_1_everyConnectYieldsExactlyOneEvent() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString address = sockets.listen(LISTENER, SocketAddresses.loopback(0), 16);
            int fd = sockets.stream(CLIENT, Linux.AF_INET);
            Observed observed = scenario.call(WatchedCall.connect("h:" + CLIENT, address));
            Violation.unless(
                    "R1.2",
                    () -> assertThat(observed.connect().fd())
                            .as("the socket's descriptor")
                            .isEqualTo(fd));
            Violation.unless(
                    "R2.25",
                    () -> assertThat(observed.connect().addrlen()).as("addrlen").isEqualTo(address.length()));
            Violation.unless(
                    "R1.2",
                    () -> assertThat(observed.connect().call().abi())
                            .as("the ABI")
                            .isEqualTo(Abi.NATIVE));
        }
    }

    @Rule("A connect by the 32-bit convention is an event that says so")
    @Requires(abis = Abi.IA32)
    public final void r01_12_aConnectOfThe32BitConventionIsSeen() {
        assertSeen(Abi.IA32);
    }

    @Rule("A connect by the x32 convention is an event that says so")
    @Requires(abis = Abi.X32)
    public final void r01_12_aConnectOfTheX32ConventionIsSeen() {
        assertSeen(Abi.X32);
    }

    @Rule("A 32-bit connect whose arguments lie in memory, through socketcall, is an event like any other")
    @Requires(abis = Abi.IA32)
    public final void r01_12_aConnectThroughSocketcallIsSeen() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString address = sockets.listen(LISTENER, SocketAddresses.loopback(0), 16);
            sockets.stream(CLIENT, Linux.AF_INET);
            Observed observed =
                    scenario.call(WatchedCall.connect("h:" + CLIENT, address).bySocketcall());
            observed.outcome().requireResult(0, "a connect by socketcall");
            assertThat(observed.event().call().abi())
                    .as("the ABI of socketcall")
                    .isEqualTo(Abi.IA32);
            assertThat(observed.connect().addrlen())
                    .as("the length that socketcall passed")
                    .isEqualTo(address.length());
            assertThat(observed.connect().address().value().bytes())
                    .as("the address that socketcall passed")
                    .isEqualTo(address);
        }
    }

    @Rule("A connect through an io_uring is an event that says so")
    @Requires(origins = Origin.IO_URING)
    public final void r01_14_aConnectThroughARingIsSeen() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString address = sockets.listen(LISTENER, SocketAddresses.loopback(0), 16);
            sockets.stream(CLIENT, Linux.AF_INET);
            WatchedCall call = WatchedCall.connect("h:" + CLIENT, address).throughRing();
            for (long result : new long[] {0, Linux.EISCONN}) {
                Observed observed = scenario.call(call);
                observed.outcome().requireResult(result, "a connect by a request");
                assertThat(observed.event().call().origin())
                        .as("the origin of a request")
                        .isEqualTo(Origin.IO_URING);
                assertThat(observed.connect().address().value().bytes())
                        .as("the address of a request")
                        .isEqualTo(address);
            }
        }
    }

    @Rule("A connect that a thread of the kernel's finds in the ring is an event of the ring's process")
    @Requires(origins = Origin.IO_URING)
    public final void r01_14_aConnectThroughAPolledRingIsSeen() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString address = sockets.listen(LISTENER, SocketAddresses.loopback(0), 16);
            sockets.stream(CLIENT, Linux.AF_INET);
            WatchedCall call = WatchedCall.connect("h:" + CLIENT, address);
            Requested.seen(scenario, call.throughPolledRing(), address);
            Requested.seen(scenario, call.throughFullRing(), address);
        }
    }

    @Rule("A connect is one event or one counted loss, whatever completions look like its own")
    @Requires(origins = Origin.IO_URING)
    public final void r01_1_aForgedCompletionIsNoEndOfAConnect() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString address = sockets.listenFull(LISTENER, SocketAddresses.loopback(0), FILLER);
            for (long result : new long[] {0, Linux.POLLOUT, Linux.ECONNREFUSED}) {
                for (boolean drained : new boolean[] {false, true}) {
                    sockets.stream(CLIENT, Linux.AF_INET);
                    WatchedCall call = WatchedCall.connect("h:" + CLIENT, address)
                            .forged(result)
                            .throughFullRing();
                    Requested.onceOrLost(scenario, drained ? call.drained() : call, address);
                }
            }
        }
    }

    @Rule("The address is the bytes that were passed, read at entry or by the kernel")
    @Requires(mitigations = Mitigation.STASH, provenances = Provenance.ENTER)
    public final void r02_25_theAddressIsReadAtEntryOrByTheKernel() {
        try (Scenario scenario = scenario().mitigation(Mitigation.STASH).open()) {
            Sockets sockets = new Sockets(scenario.actor());
            String path = scenario.scratch().path("socket");
            for (ByteString own : List.of(
                    SocketAddresses.loopback(0),
                    SocketAddresses.loopback6(0),
                    SocketAddresses.unix(path),
                    SocketAddresses.unix("\0unraced/" + scenario.actor().tgid()))) {
                int family = new Sockaddr(own).family();
                ByteString address = sockets.listen(LISTENER, own, 16);
                sockets.stream(CLIENT, family);
                Observed observed = scenario.call(WatchedCall.connect("h:" + CLIENT, address));
                observed.outcome().requireResult(0, "a connect to " + address);
                ArgumentAssertions.assertGuardedAddress(
                        "R2.25", observed.connect().address(), address);
            }
        }
    }

    @Rule("A UNIX address that fills its room has no NUL, and arrives whole")
    public final void r02_26_aUnixAddressWithoutNulArrivesWhole() {
        try (Scenario scenario = scenario().open()) {
            byte[] name = new byte[108];
            Arrays.fill(name, (byte) 'u');
            ByteString address = SocketAddresses.unix(name, name.length);
            new Sockets(scenario.actor()).stream(CLIENT, Linux.AF_UNIX);
            for (Pointer pointer : List.of(Pointer.to(address), Pointer.edge(address))) {
                Observed observed = scenario.call(WatchedCall.connect("h:" + CLIENT, pointer, address.length()));
                assertThat(observed.connect().address().value().bytes())
                        .as("the address of the longest length")
                        .isEqualTo(address);
                assertThat(observed.event().flags())
                        .as("the flags of the longest length")
                        .doesNotContain(EventFlag.TRUNCATED);
            }
        }
    }

    @Rule("The event has min(addrlen, 128) bytes of the address, and addrlen raw")
    public final void r02_27_theAddressIsAsLongAsAddrlenSays() {
        assertAddrlens(1, 2, 3, 8, 15, 16, 28, 127, 128);
    }

    @Rule("A longer address arrives with its first 128 bytes, and is flagged")
    @Requires(features = Feature.LONG_ARGUMENTS)
    public final void r02_27_aLongerAddressIsCut() {
        assertAddrlens(129, 300, Integer.MAX_VALUE);
    }

    private void assertAddrlens(int... addrlens) {
        try (Scenario scenario = scenario().open()) {
            new Sockets(scenario.actor()).stream(CLIENT, Linux.AF_INET);
            byte[] long300 = new byte[300];
            for (int i = 0; i < long300.length; i++) {
                long300[i] = (byte) i;
            }
            ByteString bytes = ByteString.copyOf(long300);
            for (int addrlen : addrlens) {
                ConnectEvent event = scenario.call(WatchedCall.connect("h:" + CLIENT, Pointer.to(bytes), addrlen))
                        .connect();
                int taken = Math.min(addrlen, 128);
                assertThat(event.addrlen()).as("R2.27: addrlen").isEqualTo(addrlen);
                assertThat(event.address().value().bytes())
                        .as("R2.27: addrlen %d", addrlen)
                        .isEqualTo(ByteString.copyOf(Arrays.copyOf(long300, taken)));
                assertThat(event.flags().contains(EventFlag.TRUNCATED))
                        .as("R2.27: truncated, addrlen %d", addrlen)
                        .isEqualTo(addrlen > 128);
            }
        }
    }

    @Rule("With a negative addrlen, or a null or unreadable pointer, there is no address")
    public final void r02_28_anAddressThatCannotBeReadIsAbsent() {
        try (Scenario scenario = scenario().open()) {
            new Sockets(scenario.actor()).stream(CLIENT, Linux.AF_INET);
            Pointer good = Pointer.to(SocketAddresses.loopback(9));
            for (int addrlen : new int[] {-1, Integer.MIN_VALUE}) {
                ConnectEvent negative = scenario.call(WatchedCall.connect("h:" + CLIENT, good, addrlen))
                        .connect();
                assertThat(negative.addrlen()).as("the length as passed").isEqualTo(addrlen);
                ArgumentAssertions.assertAbsent("R2.28", negative.address());
                assertThat(negative.flags())
                        .as("the driver did not try to read")
                        .doesNotContain(EventFlag.FAULTED);
            }
            for (Pointer pointer : List.of(Pointer.NULL, Pointer.BAD)) {
                Observed observed = scenario.call(WatchedCall.connect("h:" + CLIENT, pointer, 16));
                observed.outcome().requireResult(Linux.EFAULT, "a connect to an unreadable address");
                ArgumentAssertions.assertAbsent("R2.28", observed.connect().address());
            }
            for (Pointer pointer : List.of(Pointer.NULL, Pointer.BAD, Pointer.KERNEL)) {
                ConnectEvent empty = scenario.call(WatchedCall.connect("h:" + CLIENT, pointer, 0))
                        .connect();
                assertThat(empty.address().isPresent())
                        .as("nothing was to be read")
                        .isTrue();
                assertThat(empty.address().value().bytes())
                        .as("the address of length 0")
                        .isEqualTo(ByteString.EMPTY);
            }
        }
    }

    @Rule("A failed connect has its arguments and the negated errno")
    public final void r03_3_failedConnectsCarryTheirArguments() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString free = sockets.freeAddress(LISTENER);
            sockets.stream(CLIENT, Linux.AF_INET);
            assertFailure(scenario, "h:" + CLIENT, free, Linux.ECONNREFUSED);
            assertFailure(scenario, "-1", free, Linux.EBADF);
            assertFailure(scenario, "0", free, Linux.ENOTSOCK);
            assertFailure(scenario, "h:" + CLIENT, SocketAddresses.family(Linux.AF_INET, 8), Linux.EINVAL);
            assertFailure(scenario, "h:" + CLIENT, SocketAddresses.family(31, 16), Linux.EAFNOSUPPORT);
            sockets.stream(CLIENT, Linux.AF_UNIX);
            assertFailure(
                    scenario,
                    "h:" + CLIENT,
                    SocketAddresses.unix(scenario.scratch().path("missing")),
                    Linux.ENOENT);
        }
    }

    @Rule("Addresses that make no sense are events, and nothing stops after them")
    public final void r14_1_senselessAddressesDoNotStopTheStream() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            for (int family : new int[] {Linux.AF_INET, Linux.AF_INET6, Linux.AF_UNIX}) {
                sockets.datagram(CLIENT, family);
                for (int requested : new int[] {0, 1, 2, 10, 16, 17, 40, 0xffff}) {
                    for (int length : new int[] {1, 2, 3, 7, 16, 24, 28, 110, 128}) {
                        ByteString address = cut(SocketAddresses.family(requested, 128), length);
                        Observed observed = scenario.call(WatchedCall.connect("h:" + CLIENT, address));
                        assertThat(observed.connect().address().value().bytes())
                                .as("family %d, %d bytes", requested, length)
                                .isEqualTo(address);
                    }
                }
            }
        }
    }

    private void assertSeen(Abi abi) {
        try (Scenario scenario = scenario().open()) {
            ByteString address = SocketAddresses.loopback(9);
            Observed observed = scenario.call(WatchedCall.connect("-1", address).by(abi));
            assertThat(observed.event().call().abi()).as("R1.12: the ABI").isEqualTo(abi);
            assertThat(observed.connect().fd())
                    .as("R1.12: the descriptor as passed")
                    .isEqualTo(-1);
            assertThat(observed.connect().address().value().bytes())
                    .as("R1.12: the address")
                    .isEqualTo(address);
        }
    }

    private static ByteString cut(ByteString bytes, int length) {
        return ByteString.copyOf(Arrays.copyOf(bytes.toByteArray(), length));
    }

    private static void assertFailure(Scenario scenario, String fd, ByteString address, long errno) {
        Observed observed = scenario.call(WatchedCall.connect(fd, address));
        observed.outcome().requireResult(errno, "a connect by descriptor " + fd + " to " + address);
        assertThat(observed.connect().address().value().bytes())
                .as("R3.3: %d", errno)
                .isEqualTo(address);
        assertThat(observed.connect().addrlen()).as("R3.3: %d", errno).isEqualTo(address.length());
    }
}
