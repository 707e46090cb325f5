// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import dev.unraced.protocol.Address;
import dev.unraced.protocol.TlsFiles;
import dev.unraced.server.connection.Access;
import dev.unraced.server.linux.Owner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a server.
 *
 * @param addresses the addresses to listen on; at least one
 * @param socketMode permissions of UNIX sockets, such as 0660
 * @param socketOwner owner of UNIX sockets; null for the server's own
 * @param tls identity for TCP; null for none
 * @param plaintext true to allow TCP without TLS, on loopback addresses only
 * @param access the permissions of peers
 * @param limits the limits of what subscribers may cost
 */
public record ServerSettings(
        List<Address> addresses,
        int socketMode,
        @Nullable Owner socketOwner,
        @Nullable TlsFiles tls,
        boolean plaintext,
        Access access,
        Limits limits) {

    public ServerSettings {
        addresses = List.copyOf(addresses);
    }

    /** Returns settings for one UNIX socket that only its owner and group may open. */
    public static ServerSettings at(Address address) {
        return new ServerSettings(List.of(address), 0660, null, null, false, Access.standard(), Limits.standard());
    }

    /** Returns these settings with other addresses. */
    public ServerSettings addresses(List<Address> others) {
        return new ServerSettings(others, socketMode, socketOwner, tls, plaintext, access, limits);
    }

    /** Returns these settings with other permissions. */
    public ServerSettings access(Access other) {
        return new ServerSettings(addresses, socketMode, socketOwner, tls, plaintext, other, limits);
    }

    /** Returns these settings with other limits. */
    public ServerSettings limits(Limits other) {
        return new ServerSettings(addresses, socketMode, socketOwner, tls, plaintext, access, other);
    }

    /** Returns these settings with another mode of sockets. */
    public ServerSettings socketMode(int mode) {
        return new ServerSettings(addresses, mode, socketOwner, tls, plaintext, access, limits);
    }

    /** Returns these settings with TLS. */
    public ServerSettings tls(TlsFiles files) {
        return new ServerSettings(addresses, socketMode, socketOwner, files, plaintext, access, limits);
    }
}
