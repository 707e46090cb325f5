// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.serve;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a port, of this machine's loopback unless an address stands before it. Asks no name server. */
final class HostPort implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String value) {
        try {
            HostAndPort parsed = value.matches("\\d+")
                    ? HostAndPort.fromParts("localhost", Integer.parseInt(value))
                    : HostAndPort.fromString(value);
            if (parsed.hasPort()) {
                InetAddress host = parsed.getHost().equals("localhost")
                        ? InetAddress.getLoopbackAddress()
                        : InetAddresses.forString(parsed.getHost());
                return new InetSocketAddress(host, parsed.getPort());
            }
        } catch (IllegalArgumentException e) {
            throw refused(value, e);
        }
        throw refused(value, null);
    }

    private static TypeConversionException refused(String value, IllegalArgumentException cause) {
        TypeConversionException refused =
                new TypeConversionException("'" + value + "' is no port or address:port such as 9464 or 0.0.0.0:9464");
        refused.initCause(cause);
        return refused;
    }

    /** Returns an address as it is typed. */
    static String text(InetSocketAddress address) {
        return HostAndPort.fromParts(InetAddresses.toAddrString(address.getAddress()), address.getPort())
                .toString();
    }
}
