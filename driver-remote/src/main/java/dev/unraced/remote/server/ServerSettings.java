// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import dev.unraced.remote.wire.Address;
import dev.unraced.remote.wire.TlsFiles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a server is reached.
 *
 * @param addresses where it listens; at least one
 * @param socketMode permissions of UNIX sockets, such as 0660
 * @param socketOwner owner of UNIX sockets; null for the server's own
 * @param tls identity for TCP; null for none
 * @param plaintext whether TCP without TLS is wanted, which only loopback addresses get
 * @param access who may do what
 * @param limits what subscribers may cost
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

    /** One UNIX socket that only its owner and group may open. */
    public static ServerSettings at(Address address) {
        return new ServerSettings(List.of(address), 0660, null, null, false, Access.standard(), Limits.standard());
    }

    /** The same at other addresses. */
    public ServerSettings addresses(List<Address> others) {
        return new ServerSettings(others, socketMode, socketOwner, tls, plaintext, access, limits);
    }

    /** The same with other permissions. */
    public ServerSettings access(Access other) {
        return new ServerSettings(addresses, socketMode, socketOwner, tls, plaintext, other, limits);
    }

    /** The same with other limits. */
    public ServerSettings limits(Limits other) {
        return new ServerSettings(addresses, socketMode, socketOwner, tls, plaintext, access, other);
    }

    /** The same with another mode of its sockets. */
    public ServerSettings socketMode(int mode) {
        return new ServerSettings(addresses, mode, socketOwner, tls, plaintext, access, limits);
    }

    /** The same with TLS. */
    public ServerSettings tls(TlsFiles files) {
        return new ServerSettings(addresses, socketMode, socketOwner, files, plaintext, access, limits);
    }
}
