// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.linux.SocketTypes;
import java.util.Objects;

/** A network with its names, and short names for its operations. */
final class Host {
    final MemoryNames names = new MemoryNames();
    final Network network = new Network(names);

    Socket socket(int family, int type) {
        return Objects.requireNonNull(network.socket(family, type, 0).socket());
    }

    Socket bound(int family, int type, byte[] address) {
        Socket socket = socket(family, type);
        assertThat(bind(socket, address)).as("bind").isZero();
        return socket;
    }

    /** Returns a stream socket that listens. */
    Socket listener(int family, byte[] address, int backlog) {
        Socket socket = bound(family, SocketTypes.SOCK_STREAM, address);
        assertThat(network.listen(socket, backlog)).as("listen").isZero();
        return socket;
    }

    int bind(Socket socket, byte[] address) {
        return network.bind(this, socket, address);
    }

    ConnectAttempt attempt(Socket socket, byte[] address) {
        return network.connect(this, socket, address, address.length);
    }

    /** Returns the result of a connect that does not wait. */
    int connect(Socket socket, byte[] address) {
        ConnectAttempt attempt = attempt(socket, address);
        assertThat(attempt.waits()).as("waits").isFalse();
        return attempt.result();
    }

    Socket accept(Socket listener) {
        return Objects.requireNonNull(network.accept(listener).socket());
    }

    String local(Socket socket) {
        return Addresses.text(network.localName(socket));
    }

    String peer(Socket socket) {
        byte[] name = network.peerName(socket);
        return name == null ? "ENOTCONN" : Addresses.text(name);
    }

    /** Returns the address of a listener of any family. */
    byte[] reach(Socket listener) {
        return network.localName(listener);
    }
}
