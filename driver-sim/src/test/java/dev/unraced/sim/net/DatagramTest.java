// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.linux.SocketTypes.SOCK_DGRAM;
import static dev.unraced.linux.SocketTypes.SOCK_RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.linux.Errno;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests connects of UDP and raw sockets, which need no answer. */
class DatagramTest {
    private final Host host = new Host();

    @ParameterizedTest
    @CsvSource({
        // own family, requested family, address, addrlen, errno
        "2, 2, 127.0.0.2, 16, 0",
        "2, 2, 127.0.0.2, 15, 22",
        "2, 10, ::1, 28, 97",
        "2, 2, 127.255.255.255, 16, 13",
        "2, 2, 10.1.1.1, 16, 101",
        "10, 10, ::1, 24, 0",
        "10, 10, ::1, 23, 22",
        "10, 2, 127.0.0.1, 16, 0",
        "10, 2, 127.0.0.1, 15, 22",
        "10, 10, ::ffff:127.0.0.2, 28, 0",
        "10, 10, fe80::1, 28, 22",
        "10, 10, ff02::1, 28, 22",
        "10, 10, 2001:db8::1, 28, 101",
    })
    void judgesAddresses(int family, int requested, String ip, int length, int errno) {
        Socket socket = host.socket(family, SOCK_DGRAM);
        byte[] address = requested == AF_INET ? Addresses.inet(ip, 53) : Addresses.inet6(ip, 53);
        assertThat(host.network.connect(host, socket, address, length).result()).isEqualTo(-errno);
        assertThat(Addresses.port(socket.local()))
                .as("a port was chosen all the same")
                .isEqualTo(32768);
        assertThat(host.network.peerName(socket) == null).isEqualTo(errno != 0);
    }

    @Test
    void reachesALinkLocalPeerThroughTheDeviceThatItsScopeNames() {
        host.network.addLink(2);
        host.network.addLink(3);
        Socket socket = host.socket(AF_INET6, SOCK_DGRAM);
        byte[] second = Addresses.scoped("fe80::66", 53, 2);
        byte[] third = Addresses.scoped("fe80::66", 53, 3);
        assertThat(host.connect(socket, Addresses.scoped("fe80::66", 53, 4))).isEqualTo(-Errno.ENETUNREACH);
        host.network.bindToDevice(socket, 0);
        assertThat(host.connect(socket, second)).isZero();
        assertThat(socket.remote()).isEqualTo(second);
        assertThat(host.connect(socket, third))
                .as("its device is another one now")
                .isEqualTo(-Errno.EINVAL);

        host.network.bindToDevice(socket, 3);
        assertThat(host.connect(socket, Addresses.inet6("fe80::66", 53))).isZero();
        assertThat(socket.remote()).isEqualTo(third);
    }

    @Test
    void hasAPeerWithoutAPort() {
        Socket v4 = host.socket(AF_INET, SOCK_DGRAM);
        assertThat(host.connect(v4, Addresses.inet("127.0.0.1", 0))).isZero();
        assertThat(v4.remote()).isEqualTo(Addresses.inet("127.0.0.1", 0));
        assertThat(host.peer(v4)).as("getpeername takes it for none").isEqualTo("ENOTCONN");
        Socket v6 = host.socket(AF_INET6, SOCK_DGRAM);
        assertThat(host.connect(v6, Addresses.inet6("::", 0))).isZero();
        assertThat(v6.remote()).isEqualTo(Addresses.inet6("::1", 0));
    }

    @Test
    void mayChangeItsMindAndGiveUp() {
        Socket socket = host.socket(AF_INET, SOCK_DGRAM);
        host.connect(socket, Addresses.inet("127.0.0.1", 9));
        assertThat(host.connect(socket, Addresses.inet("127.0.0.2", 10))).isZero();
        assertThat(host.peer(socket)).isEqualTo("127.0.0.2:10");
        assertThat(host.local(socket)).isEqualTo("127.0.0.1:32768");
        assertThat(host.connect(socket, new byte[2])).isZero();
        assertThat(socket.remote()).isNull();
        assertThat(host.local(socket)).isEqualTo("0.0.0.0:0");
    }

    @Test
    void keepsWhatBindChose() {
        Socket socket = host.bound(AF_INET, SOCK_DGRAM, Addresses.inet("127.0.0.3", 53));
        host.connect(socket, Addresses.inet("127.0.0.1", 9));
        host.connect(socket, new byte[2]);
        assertThat(host.local(socket)).isEqualTo("127.0.0.3:53");
    }

    @Test
    void doesNotLeaveIpv6OnceBoundToIt() {
        Socket socket = host.bound(AF_INET6, SOCK_DGRAM, Addresses.inet6("::1", 53));
        assertThat(host.connect(socket, Addresses.inet("127.0.0.1", 9))).isEqualTo(-Errno.EAFNOSUPPORT);
        assertThat(host.connect(socket, Addresses.inet6("::ffff:127.0.0.1", 9))).isEqualTo(-Errno.ENETUNREACH);
    }

    @Test
    void holdsItsPortInIpv4TooUnlessBoundToIpv6() {
        Socket connected = host.socket(AF_INET6, SOCK_DGRAM);
        host.connect(connected, Addresses.inet6("::1", 9));
        host.bound(AF_INET6, SOCK_DGRAM, Addresses.inet6("::1", 53));
        Socket v4 = host.socket(AF_INET, SOCK_DGRAM);
        assertThat(host.bind(v4, Addresses.inet("0.0.0.0", Addresses.port(connected.local()))))
                .isEqualTo(-Errno.EADDRINUSE);
        assertThat(host.bind(v4, Addresses.inet("0.0.0.0", 53))).isZero();
    }

    @Test
    void showsTheProtocolOfARawSocketAsItsPort() {
        Socket raw = Objects.requireNonNull(
                host.network.socket(AF_INET, SOCK_RAW, 253).socket());
        assertThat(host.connect(raw, Addresses.inet("127.0.0.1", 0))).isZero();
        assertThat(raw.local()).isEqualTo(Addresses.inet("127.0.0.1", 253));
        assertThat(raw.remote()).isEqualTo(Addresses.inet("127.0.0.1", 0));
    }
}
