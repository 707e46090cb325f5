// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.linux.SocketTypes.SOCK_DGRAM;
import static dev.unraced.linux.SocketTypes.SOCK_NONBLOCK;
import static dev.unraced.linux.SocketTypes.SOCK_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.linux.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests ports, full queues, and the connects that wait for room. */
class ListenerTest {
    private final Host host = new Host();
    private final byte[] address = Addresses.inet("127.0.0.1", 80);

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, 98",
        "0.0.0.0, 127.0.0.1, 98",
        "127.0.0.2, 127.0.0.1, 0",
        "127.0.0.1, 0.0.0.0, 98",
        "::, 127.0.0.1, 98",
        "::1, 127.0.0.1, 0",
        "::1, 0.0.0.0, 0",
        "0.0.0.0, ::, 98",
        "::1, ::, 98",
        "::ffff:127.0.0.1, 127.0.0.1, 98",
    })
    void sharesAPortOnlyBetweenDifferentAddresses(String first, String second, int errno) {
        for (int type : new int[] {SOCK_STREAM, SOCK_DGRAM}) {
            host.bound(first.contains(":") ? AF_INET6 : AF_INET, type, any(first));
            Socket socket = host.socket(second.contains(":") ? AF_INET6 : AF_INET, type);
            assertThat(host.bind(socket, any(second))).isEqualTo(-errno);
        }
    }

    private static byte[] any(String ip) {
        return ip.contains(":") ? Addresses.inet6(ip, 80) : Addresses.inet(ip, 80);
    }

    @Test
    void choosesPortsInOrderAndSkipsThoseInUse() {
        host.bound(AF_INET, SOCK_STREAM, Addresses.inet("127.0.0.2", 32768));
        Socket chosen = host.bound(AF_INET, SOCK_STREAM, Addresses.inet("127.0.0.1", 0));
        assertThat(host.local(chosen)).isEqualTo("127.0.0.1:32769");
        assertThat(host.bind(chosen, address)).as("twice").isEqualTo(-Errno.EINVAL);
    }

    @Test
    void runsOutOfPorts() {
        for (int port = Ports.FIRST_EPHEMERAL; port <= Ports.LAST_EPHEMERAL; port++) {
            host.bound(AF_INET, SOCK_STREAM, Addresses.inet("127.0.0.1", port));
        }
        Socket socket = host.socket(AF_INET, SOCK_STREAM);
        assertThat(host.bind(socket, Addresses.inet("127.0.0.1", 0))).isEqualTo(-Errno.EADDRINUSE);
        assertThat(host.connect(socket, address)).isEqualTo(-Errno.EADDRNOTAVAIL);
    }

    @Test
    void doesNotListenOrAcceptWhatItCannot() {
        Socket datagrams = host.socket(AF_INET, SOCK_DGRAM);
        assertThat(host.network.listen(datagrams, 1)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(host.network.accept(datagrams).errno()).isEqualTo(Errno.EOPNOTSUPP);
        Socket listener = host.listener(AF_INET, address, 1);
        assertThat(host.network.accept(listener).errno()).isEqualTo(Errno.EAGAIN);
        assertThat(host.connect(listener, address)).isEqualTo(-Errno.EISCONN);
        Socket client = host.socket(AF_INET, SOCK_STREAM);
        assertThat(host.network.accept(client).errno()).isEqualTo(Errno.EINVAL);
        host.connect(client, address);
        assertThat(host.network.listen(client, 1)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void letsAClientWaitUntilSomebodyWasAccepted() {
        Socket listener = full();
        Socket client = host.socket(AF_INET, SOCK_STREAM);
        ConnectAttempt attempt = host.attempt(client, address);
        assertThat(attempt.waits()).isTrue();
        assertThat(attempt.canGoOn()).isFalse();
        assertThat(client.remote()).as("the peer is known already").isEqualTo(address);
        host.accept(listener);
        assertThat(attempt.canGoOn()).isTrue();
        attempt.goOn();
        assertThat(attempt.result()).isZero();
        assertThat(attempt.waits()).isFalse();
    }

    @Test
    void refusesThoseWhoWaitWhenTheListenerGoes() {
        Socket listener = full();
        ConnectAttempt attempt = host.attempt(host.socket(AF_INET, SOCK_STREAM), address);
        host.network.close(listener);
        attempt.goOn();
        assertThat(attempt.result()).isEqualTo(-Errno.ECONNREFUSED);
    }

    @Test
    void goesOnAfterASignal() {
        Socket listener = full();
        Socket client = host.socket(AF_INET, SOCK_STREAM);
        assertThat(host.attempt(client, address).abandon()).isEqualTo(-Errno.ERESTARTSYS);
        client.nonblocking(true);
        assertThat(host.connect(client, address)).isEqualTo(-Errno.EALREADY);
        host.accept(listener);
        assertThat(host.connect(client, address)).isZero();
        assertThat(host.connect(client, address)).isEqualTo(-Errno.EISCONN);
    }

    @Test
    void isAlreadyOnItsWay() {
        full();
        Socket client = host.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
        assertThat(host.connect(client, address)).isEqualTo(-Errno.EINPROGRESS);
        assertThat(host.connect(client, address)).isEqualTo(-Errno.EALREADY);
        assertThat(client.remote()).isEqualTo(address);
    }

    @Test
    void tellsAWaitingThreadThatAnotherBrokeItsConnectOff() {
        Socket listener = full();
        Socket client = host.socket(AF_INET, SOCK_STREAM);
        ConnectAttempt attempt = host.attempt(client, address);
        assertThat(host.connect(client, new byte[16])).isZero();
        attempt.goOn();
        assertThat(attempt.result()).isEqualTo(-Errno.EPIPE);
        host.accept(listener);
        assertThat(host.network.accept(listener).errno()).as("nobody waits").isEqualTo(Errno.EAGAIN);
    }

    @Test
    void resetsThoseWhomNobodyAccepted() {
        Socket listener = host.listener(AF_INET, address, 1);
        Socket client = host.socket(AF_INET, SOCK_STREAM);
        host.connect(client, address);
        host.network.close(listener);
        assertThat(host.peer(client)).isEqualTo("ENOTCONN");
        assertThat(host.connect(client, address)).isEqualTo(-Errno.EISCONN);
        assertThat(host.bind(host.socket(AF_INET, SOCK_STREAM), address))
                .as("the port is free")
                .isZero();
    }

    /** Returns a listener without room: its backlog of 0 admits one connection, which is not accepted. */
    private Socket full() {
        Socket listener = host.listener(AF_INET, address, 0);
        assertThat(host.connect(host.socket(AF_INET, SOCK_STREAM), address)).isZero();
        return listener;
    }
}
