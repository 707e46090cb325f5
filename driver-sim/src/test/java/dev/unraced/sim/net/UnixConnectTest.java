// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_UNIX;
import static dev.unraced.linux.SocketTypes.SOCK_DGRAM;
import static dev.unraced.linux.SocketTypes.SOCK_NONBLOCK;
import static dev.unraced.linux.SocketTypes.SOCK_SEQPACKET;
import static dev.unraced.linux.SocketTypes.SOCK_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.linux.Errno;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests names of UNIX sockets, and connects to them. */
class UnixConnectTest {
    private static final byte[] UNNAMED = {AF_UNIX, 0};

    private final Host host = new Host();

    @ParameterizedTest
    @ValueSource(strings = {"name", "\0abstract", "\0with\0nul", "\0"})
    void showsTheListenersNameAsThePeer(String name) {
        Socket listener = host.listener(AF_UNIX, Addresses.unix(name), 1);
        Socket client = host.socket(AF_UNIX, SOCK_STREAM);
        assertThat(host.connect(client, Addresses.unix(name))).isZero();
        assertThat(client.remote()).isEqualTo(Addresses.unix(name));
        assertThat(client.local()).isEqualTo(UNNAMED);
        assertThat(host.network.peerName(host.accept(listener))).isEqualTo(UNNAMED);
        assertThat(host.connect(client, Addresses.unix(name))).isEqualTo(-Errno.EISCONN);
    }

    @Test
    void takesAPathThatFillsItsRoomWithoutNul() {
        byte[] full = Arrays.copyOf(Addresses.unix("u".repeat(108)), 110);
        Socket listener = host.listener(AF_UNIX, full, 1);
        assertThat(listener.local()).hasSize(111).endsWith('u', 0);
        assertThat(host.connect(host.socket(AF_UNIX, SOCK_STREAM), full)).isZero();
    }

    @Test
    void findsAPathWithAndWithoutItsNul() {
        host.listener(AF_UNIX, Arrays.copyOf(Addresses.unix("name"), 6), 2);
        assertThat(host.connect(host.socket(AF_UNIX, SOCK_STREAM), Addresses.unix("name")))
                .isZero();
        assertThat(host.connect(host.socket(AF_UNIX, SOCK_STREAM), Arrays.copyOf(Addresses.unix("name"), 40)))
                .isZero();
    }

    @Test
    void namesItselfWhenAskedTo() {
        Socket socket = host.bound(AF_UNIX, SOCK_STREAM, UNNAMED);
        assertThat(host.local(socket)).isEqualTo("unix:@00000");
        assertThat(host.bind(socket, UNNAMED)).as("again").isZero();
        assertThat(host.local(socket)).isEqualTo("unix:@00000");
        assertThat(host.local(host.bound(AF_UNIX, SOCK_STREAM, UNNAMED))).isEqualTo("unix:@00001");
    }

    @Test
    void refusesNamesThatAreTaken() {
        host.names.file("file");
        Socket first = host.bound(AF_UNIX, SOCK_STREAM, Addresses.unix("\0x"));
        host.bound(AF_UNIX, SOCK_DGRAM, Addresses.unix("\0x"));
        Socket second = host.socket(AF_UNIX, SOCK_STREAM);
        assertThat(host.bind(second, Addresses.unix("\0x"))).isEqualTo(-Errno.EADDRINUSE);
        assertThat(host.bind(second, Addresses.unix("file"))).isEqualTo(-Errno.EADDRINUSE);
        assertThat(host.bind(second, Addresses.unix("missing/x"))).isEqualTo(-Errno.ENOENT);
        assertThat(host.bind(first, Addresses.unix("\0y"))).isEqualTo(-Errno.EINVAL);
        assertThat(host.bind(first, Addresses.unix("file"))).isEqualTo(-Errno.EADDRINUSE);
        host.network.close(first);
        assertThat(host.bind(second, Addresses.unix("\0x"))).isZero();
    }

    @Test
    void saysWhyItReachesNobody() {
        host.names.file("file");
        host.bound(AF_UNIX, SOCK_DGRAM, Addresses.unix("datagrams"));
        host.bound(AF_UNIX, SOCK_STREAM, Addresses.unix("deaf"));
        host.network.close(host.listener(AF_UNIX, Addresses.unix("dead"), 1));
        Socket client = host.socket(AF_UNIX, SOCK_STREAM);
        assertThat(host.connect(client, Addresses.unix("missing"))).isEqualTo(-Errno.ENOENT);
        assertThat(host.connect(client, Addresses.unix("file"))).isEqualTo(-Errno.ECONNREFUSED);
        assertThat(host.connect(client, Addresses.unix("deaf"))).isEqualTo(-Errno.ECONNREFUSED);
        assertThat(host.connect(client, Addresses.unix("dead"))).isEqualTo(-Errno.ECONNREFUSED);
        assertThat(host.connect(client, Addresses.unix("\0missing"))).isEqualTo(-Errno.ECONNREFUSED);
        assertThat(host.connect(client, Addresses.unix("datagrams"))).isEqualTo(-Errno.EPROTOTYPE);
        assertThat(host.connect(client, UNNAMED)).isEqualTo(-Errno.EINVAL);
        assertThat(host.connect(client, new byte[16])).isEqualTo(-Errno.EINVAL);
        assertThat(host.connect(client, Addresses.family(AF_INET, 16))).isEqualTo(-Errno.EINVAL);
        assertThat(host.connect(client, Addresses.family(AF_UNIX, 111))).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void waitsForRoomAndLooksForTheNameAgain() {
        Socket listener = full();
        ConnectAttempt first = host.attempt(host.socket(AF_UNIX, SOCK_STREAM), Addresses.unix("name"));
        ConnectAttempt second = host.attempt(host.socket(AF_UNIX, SOCK_STREAM), Addresses.unix("name"));
        assertThat(first.canGoOn()).isFalse();
        host.accept(listener);
        assertThat(first.canGoOn()).isTrue();
        second.goOn();
        assertThat(second.result()).isZero();
        assertThat(first.canGoOn()).as("another was faster").isFalse();
        host.accept(listener);
        host.names.unlink("name");
        first.goOn();
        assertThat(first.waits()).isFalse();
        assertThat(first.result()).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void doesNotWaitForTheDeadOrWhenToldNotTo() {
        Socket listener = full();
        Socket hasty = host.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK);
        assertThat(host.connect(hasty, Addresses.unix("name"))).isEqualTo(-Errno.EAGAIN);
        ConnectAttempt attempt = host.attempt(host.socket(AF_UNIX, SOCK_STREAM), Addresses.unix("name"));
        host.network.close(listener);
        attempt.goOn();
        assertThat(attempt.result()).isEqualTo(-Errno.ECONNREFUSED);
    }

    @Test
    void leavesNothingBehindAfterASignal() {
        Socket listener = full();
        Socket client = host.socket(AF_UNIX, SOCK_STREAM);
        assertThat(host.attempt(client, Addresses.unix("name")).abandon()).isEqualTo(-Errno.ERESTARTSYS);
        host.accept(listener);
        assertThat(host.network.accept(listener).errno()).isEqualTo(Errno.EAGAIN);
        assertThat(host.peer(client)).isEqualTo("ENOTCONN");
        assertThat(host.connect(client, Addresses.unix("name"))).isZero();
    }

    @Test
    void sendsDatagramsOnlyToThoseWhoHearIt() {
        Socket one = host.bound(AF_UNIX, SOCK_DGRAM, Addresses.unix("one"));
        Socket two = host.bound(AF_UNIX, SOCK_DGRAM, Addresses.unix("two"));
        assertThat(host.connect(one, Addresses.unix("two"))).isZero();
        assertThat(host.connect(two, Addresses.unix("one"))).isZero();
        Socket third = host.socket(AF_UNIX, SOCK_DGRAM);
        assertThat(host.connect(third, Addresses.unix("one"))).isEqualTo(-Errno.EPERM);
        assertThat(host.connect(one, new byte[2])).isZero();
        assertThat(one.remote()).isNull();
        assertThat(host.connect(third, Addresses.unix("one"))).isZero();
        assertThat(host.peer(third)).isEqualTo("unix:one");
    }

    @Test
    void listensOnlyWithAName() {
        Socket socket = host.socket(AF_UNIX, SOCK_SEQPACKET);
        assertThat(host.network.listen(socket, 1)).isEqualTo(-Errno.EINVAL);
        host.bind(socket, UNNAMED);
        assertThat(host.network.listen(socket, 1)).isZero();
        assertThat(host.connect(socket, host.reach(socket))).as("to itself").isEqualTo(-Errno.EINVAL);
        assertThat(host.network.listen(host.socket(AF_UNIX, SOCK_DGRAM), 1)).isEqualTo(-Errno.EOPNOTSUPP);
    }

    private Socket full() {
        Socket listener = host.listener(AF_UNIX, Addresses.unix("name"), 0);
        assertThat(host.connect(host.socket(AF_UNIX, SOCK_STREAM), Addresses.unix("name")))
                .isZero();
        return listener;
    }
}
