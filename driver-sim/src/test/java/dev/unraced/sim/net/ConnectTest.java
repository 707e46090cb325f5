// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNIX;
import static dev.unraced.linux.SocketTypes.SOCK_NONBLOCK;
import static dev.unraced.linux.SocketTypes.SOCK_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.linux.Errno;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests connects of TCP, and connects of every type with invalid addresses. */
class ConnectTest {
    private final Host host = new Host();

    @ParameterizedTest
    @CsvSource({
        // family, type, protocol, errno, protocol reported, type reported
        "1, 1, 0, 0, 0, 1",
        "1, 1, 1, 0, 0, 1",
        "1, 1, 2, 93, 0, 0",
        "1, 3, 0, 0, 0, 2",
        "1, 5, 0, 0, 0, 5",
        "1, 4, 0, 94, 0, 0",
        "2, 1, 0, 0, 6, 1",
        "2, 1, 6, 0, 6, 1",
        "2, 1, 17, 93, 0, 0",
        "2, 2, 0, 0, 17, 2",
        "2, 3, 0, 93, 0, 0",
        "2, 3, 1, 0, 1, 3",
        "2, 3, 300, 22, 0, 0",
        "2, 5, 0, 94, 0, 0",
        "2, 0, 0, 94, 0, 0",
        "2, 11, 0, 22, 0, 0",
        "2, 257, 0, 22, 0, 0",
        "10, 526337, 0, 0, 6, 1",
        "0, 1, 0, 97, 0, 0",
        "46, 1, 0, 97, 0, 0",
    })
    void makesSocketsAsTheKernelDoes(int family, int type, int protocol, int errno, int reported, int kind) {
        SocketResult result = host.network.socket(family, type, protocol);
        assertThat(result.errno()).isEqualTo(errno);
        if (errno == 0) {
            Socket socket = Objects.requireNonNull(result.socket());
            assertThat(socket.protocol()).isEqualTo(reported);
            assertThat(socket.type()).isEqualTo(kind);
        }
    }

    @Test
    void connectsAndShowsBothEnds() {
        Socket listener = host.listener(AF_INET, Addresses.inet("127.0.0.1", 0), 1);
        Socket client = host.socket(AF_INET, SOCK_STREAM);
        assertThat(host.connect(client, host.reach(listener))).isZero();
        assertThat(client.remote()).isEqualTo(listener.local());
        assertThat(client.local()).isEqualTo(Addresses.inet("127.0.0.1", 32769));
        assertThat(host.connect(client, host.reach(listener))).isEqualTo(-Errno.EISCONN);
        Socket accepted = host.accept(listener);
        assertThat(host.peer(accepted)).isEqualTo(host.local(client));
        assertThat(host.local(accepted)).isEqualTo(host.local(listener));
    }

    @Test
    void reachesAListenerOfBothFamiliesThroughEither() {
        Socket listener = host.listener(AF_INET6, Addresses.inet6("::", 80), 4);
        Socket v4 = host.socket(AF_INET, SOCK_STREAM);
        Socket mapped = host.socket(AF_INET6, SOCK_STREAM);
        Socket v6 = host.socket(AF_INET6, SOCK_STREAM);
        assertThat(host.connect(v4, Addresses.inet("127.0.0.1", 80))).isZero();
        assertThat(host.connect(mapped, Addresses.inet6("::ffff:127.0.0.2", 80)))
                .isZero();
        assertThat(host.connect(v6, Addresses.inet6("::1", 80))).isZero();
        assertThat(host.local(mapped)).startsWith("[::ffff:127.0.0.1]:");
        assertThat(host.local(host.accept(listener))).isEqualTo("[::ffff:127.0.0.1]:80");
        assertThat(host.local(host.accept(listener))).isEqualTo("[::ffff:127.0.0.2]:80");
        assertThat(host.local(host.accept(listener))).isEqualTo("[::1]:80");
    }

    @Test
    void isRefusedWhereNobodyListensAndMayTryAgain() {
        Socket client = host.socket(AF_INET, SOCK_STREAM);
        byte[] address = Addresses.inet("127.0.0.1", 9);
        assertThat(host.connect(client, address)).isEqualTo(-Errno.ECONNREFUSED);
        assertThat(host.peer(client)).isEqualTo("ENOTCONN");
        host.listener(AF_INET, address, 1);
        assertThat(host.connect(client, address)).isZero();
    }

    @Test
    void answersLaterWhenItMustNotBlock() {
        byte[] address = Addresses.inet("127.0.0.1", 80);
        Socket client = host.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
        assertThat(host.connect(client, address)).isEqualTo(-Errno.EINPROGRESS);
        assertThat(host.connect(client, address)).isEqualTo(-Errno.ECONNREFUSED);
        host.listener(AF_INET, address, 1);
        assertThat(host.connect(client, address)).isEqualTo(-Errno.EINPROGRESS);
        assertThat(client.remote()).isEqualTo(address);
        assertThat(host.connect(client, address)).isZero();
        assertThat(host.connect(client, address)).isEqualTo(-Errno.EISCONN);
    }

    @Test
    void breaksUpByAnAddressOfNoFamily() {
        Socket listener = host.listener(AF_INET, Addresses.inet("127.0.0.1", 80), 1);
        Socket client = host.socket(AF_INET, SOCK_STREAM);
        host.connect(client, host.reach(listener));
        assertThat(host.connect(client, new byte[2])).isZero();
        assertThat(host.peer(client)).isEqualTo("ENOTCONN");
        assertThat(host.local(client)).startsWith("0.0.0.0:");
        assertThat(host.peer(host.accept(listener))).as("it was reset").isEqualTo("ENOTCONN");
        assertThat(host.connect(client, host.reach(listener))).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "2, 2, 15, 22", "2, 10, 28, 97", "2, 31, 16, 97", "2, 2, 1, 22", "2, 2, 0, 22", "10, 10, 23, 22",
        "10, 2, 16, 22", "10, 2, 28, 97", "10, 10, 24, 111", "2, 2, 16, 111", "2, 0, 2, 0", "10, 0, 128, 0",
    })
    void judgesFamilyAndLengthLikeTcp(int family, int requested, int length, int errno) {
        Socket client = host.socket(family, SOCK_STREAM);
        assertThat(host.connect(client, Addresses.family(requested, length))).isEqualTo(-errno);
    }

    @Test
    void knowsNoWayOutOfTheHost() {
        Socket client = host.socket(AF_INET, SOCK_STREAM);
        for (String ip : new String[] {"10.9.8.7", "224.0.0.1", "255.255.255.255", "127.255.255.255"}) {
            assertThat(host.connect(client, Addresses.inet(ip, 9))).as(ip).isEqualTo(-Errno.ENETUNREACH);
        }
        Socket client6 = host.socket(AF_INET6, SOCK_STREAM);
        assertThat(host.connect(client6, Addresses.inet6("2001:db8::1", 9))).isEqualTo(-Errno.ENETUNREACH);
        assertThat(host.connect(client6, Addresses.inet6("fe80::1", 9))).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void survivesSenselessAddressesOnEverySocket() {
        for (int family : new int[] {AF_UNIX, AF_INET, AF_INET6}) {
            for (int type : new int[] {1, 2, 3, 5}) {
                Socket socket = host.network
                        .socket(family, type, type == 3 && family != AF_UNIX ? 253 : 0)
                        .socket();
                for (int requested = 0; socket != null && requested < 48; requested++) {
                    for (int length = 0; length <= 128; length++) {
                        byte[] address = Addresses.family(requested, length);
                        if (length > 40) {
                            Arrays.fill(address, 2, length, (byte) 0xff);
                        }
                        assertThat(host.connect(socket, address)).isBetween(-Errno.ECONNREFUSED, 0);
                        socket.local();
                        socket.remote();
                        host.local(socket);
                        host.peer(socket);
                    }
                }
            }
        }
    }
}
