// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SockaddrTest {

    @Test
    void readsInet() throws Exception {
        Sockaddr address = of(Records.REMOTE);

        assertThat(address.family()).isEqualTo(Sockaddr.AF_INET);
        assertThat(address.port()).isEqualTo(8080);
        assertThat(address.inetAddress()).contains(Inet4Address.getByName("10.0.0.7"));
        assertThat(address.unixPath()).isEmpty();
        assertThat(address).hasToString("10.0.0.7:8080");
    }

    @Test
    void portsAreUnsigned() {
        assertThat(of(new byte[] {2, 0, (byte) 0xff, (byte) 0xff, (byte) 255, 1, 2, 3}))
                .hasToString("255.1.2.3:65535");
    }

    @Test
    void everyPrefixOfInetIsReadAsFarAsItGoes() {
        for (int length = 0; length <= Records.INET.length; length++) {
            Sockaddr address = of(Arrays.copyOf(Records.INET, length));
            assertThat(address.family()).isEqualTo(length < 2 ? -1 : Sockaddr.AF_INET);
            assertThat(address.port()).isEqualTo(length < 4 ? -1 : 80);
            assertThat(address.inetAddress().isPresent()).isEqualTo(length >= 8);
            assertThat(address.unixPath()).isEmpty();
            assertThat(address.toString()).isNotEmpty();
        }
        assertThat(of(new byte[0])).hasToString("(empty)");
        assertThat(of(new byte[] {2})).hasToString("too short:\\x02");
        assertThat(of(new byte[] {2, 0, 0, 80})).hasToString("family 2:\\x02\\x00\\x00P");
    }

    @Test
    void everyPrefixOfInet6IsReadAsFarAsItGoes() {
        byte[] whole = inet6("fe80::1", 443, 3);
        for (int length = 0; length <= whole.length; length++) {
            Sockaddr address = of(Arrays.copyOf(whole, length));
            assertThat(address.port()).isEqualTo(length < 4 ? -1 : 443);
            assertThat(address.inetAddress().isPresent()).isEqualTo(length >= 24);
            assertThat(address.toString().contains("%3")).isEqualTo(length >= 28);
        }
        assertThat(of(Arrays.copyOf(whole, 24))).hasToString("[fe80::1]:443");
        assertThat(of(Arrays.copyOf(whole, 27))).hasToString("[fe80::1]:443");
    }

    @Test
    void bytesBeyondTheAddressDoNotMatter() {
        assertThat(of(Arrays.copyOf(Records.INET, 128))).hasToString("127.0.0.1:80");
        assertThat(of(Arrays.copyOf(inet6("::1", 80, 0), 128))).hasToString("[::1]:80");
    }

    @Test
    void keepsAScopeId() {
        Inet6Address scoped =
                (Inet6Address) of(inet6("fe80::1", 1, 3)).inetAddress().orElseThrow();
        assertThat(scoped.getScopeId()).isEqualTo(3);
        assertThat(of(inet6("fe80::1", 1, 3))).hasToString("[fe80::1%3]:1");

        Inet6Address unscoped =
                (Inet6Address) of(inet6("::1", 1, 0)).inetAddress().orElseThrow();
        assertThat(unscoped.getHostAddress()).doesNotContain("%");

        assertThat(of(inet6("fe80::1", 1, -1))).hasToString("[fe80::1%4294967295]:1");
        assertThat(of(inet6("fe80::1", 1, -1)).inetAddress()).isPresent();
    }

    @Test
    void anIpv4MappedAddressStaysIpv6() {
        byte[] bytes = inet6("::1", 80, 0);
        bytes[18] = (byte) 0xff;
        bytes[19] = (byte) 0xff;
        bytes[20] = 1;
        bytes[21] = 2;
        bytes[22] = 3;
        bytes[23] = 4;

        assertThat(of(bytes).inetAddress()).containsInstanceOf(Inet6Address.class);
        assertThat(of(bytes)).hasToString("[::ffff:1.2.3.4]:80");
    }

    @ParameterizedTest
    @CsvSource({
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "ABCD:0EF0:3:4:5:6:0:0, abcd:ef0:3:4:5:6::",
        "0:0:0:0:0:0:102:304, ::102:304",
        "1:0:0:0:0:ffff:102:304, 1::ffff:102:304"
    })
    void shortensInet6AsRfc5952Asks(String full, String text) {
        assertThat(of(inet6(full, 80, 0))).hasToString("[" + text + "]:80");
    }

    @Test
    void readsAUnixPathUpToItsFirstNul() {
        assertThat(of(unix("/run/x\0junk"))).hasToString("unix:/run/x");
        assertThat(of(unix("/run/x")).unixPath()).contains(ByteString.utf8("/run/x"));
        assertThat(of(unix("/run/x")).port()).isEqualTo(-1);
        assertThat(of(unix("/run/x")).inetAddress()).isEmpty();
    }

    @Test
    void readsAUnixPathThatFillsItsFieldWithoutANul() {
        String path = "/" + "p".repeat(107);

        assertThat(of(unix(path)).unixPath()).contains(ByteString.utf8(path));
    }

    @Test
    void readsAnAbstractNameWithEveryByte() {
        assertThat(of(unix("\0name\0more")).unixPath()).contains(ByteString.utf8("\0name\0more"));
        assertThat(of(unix("\0name\0more"))).hasToString("unix:@name\\x00more");
        assertThat(of(unix("\0"))).hasToString("unix:@");
    }

    @Test
    void aPathDoesNotLookLikeAnAbstractName() {
        assertThat(of(unix("@name"))).hasToString("unix:\\x40name");
        assertThat(of(unix("a@b"))).hasToString("unix:a@b");
    }

    @Test
    void readsAnUnnamedUnixSocket() {
        assertThat(of(unix("")).unixPath()).isEmpty();
        assertThat(of(unix(""))).hasToString("unix:(unnamed)");
    }

    @Test
    void keepsOtherFamiliesAsBytes() {
        assertThat(of(new byte[16])).hasToString("unspec");
        assertThat(of(new byte[16]).port()).isEqualTo(-1);
        assertThat(of(new byte[] {16, 0, 1, 27})).hasToString("family 16:\\x10\\x00\\x01\\x1b");
        assertThat(of(new byte[] {(byte) 0xff, (byte) 0xff}).family()).isEqualTo(0xffff);
    }

    private static Sockaddr of(byte[] bytes) {
        return new Sockaddr(ByteString.copyOf(bytes));
    }

    private static byte[] unix(String path) {
        byte[] bytes = Records.utf8(path);
        return ByteBuffer.allocate(2 + bytes.length)
                .put((byte) Sockaddr.AF_UNIX)
                .put((byte) 0)
                .put(bytes)
                .array();
    }

    private static byte[] inet6(String address, int port, int scope) {
        ByteBuffer bytes = ByteBuffer.allocate(28)
                .put((byte) Sockaddr.AF_INET6)
                .put((byte) 0)
                .putShort((short) port)
                .putInt(0);
        try {
            bytes.put(Inet6Address.getByName(address).getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
        return bytes.putInt(Integer.reverseBytes(scope)).array();
    }
}
