// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static dev.unraced.format.SampleEvents.connect;
import static dev.unraced.format.SampleEvents.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawAddressTest {

    @ParameterizedTest
    @CsvSource({
        "00000000000000000000000000000000, ::",
        "00000000000000000000000000000001, ::1",
        "20010db8000000000001000000000001, 2001:db8::1:0:0:1",
        "20010db8000000010001000100010001, 2001:db8:0:1:1:1:1:1",
        "20010000000000000000000000000000, 2001::",
        "00000000000000000000ffff7f000001, ::ffff:127.0.0.1",
        "000100020003000400050006000a0b00, 1:2:3:4:5:6:a:b00",
    })
    void ipv6IsWrittenAsRfc5952Says(String digits, String text) {
        assertThat(ip(digits)).isEqualTo(text);
    }

    @Test
    void anyIpv6AddressCanBeReadBack() throws UnknownHostException {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            byte[] address = new byte[16];
            for (int group = 0; group < 8; group++) {
                // Zeros are frequent, since otherwise runs of them would hardly ever come.
                if (random.nextInt(3) == 0) {
                    address[2 * group] = (byte) random.nextInt(3);
                    address[2 * group + 1] = (byte) random.nextInt();
                }
            }
            InetAddress read = InetAddress.getByName(ip(HexFormat.of().formatHex(address)));

            assertThat(read).isEqualTo(Inet6Address.getByAddress(address));
        }
    }

    private static String ip(String digits) {
        RawAddress address = new RawAddress();
        assertThat(address.read(view(connect("0a00005000000000" + digits)).address()))
                .isTrue();
        LineBuffer out = new LineBuffer(16);
        address.ip(out);
        return out.toString();
    }
}
