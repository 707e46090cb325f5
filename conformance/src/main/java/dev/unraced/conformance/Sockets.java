// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;

/** The sockets of the actor, by handle. */
final class Sockets {
    private final Actor actor;

    Sockets(Actor actor) {
        this.actor = actor;
    }

    /** Makes a stream socket, and returns its descriptor. */
    int stream(int handle, int family) {
        return make(handle, family, Linux.SOCK_STREAM, false);
    }

    int datagram(int handle, int family) {
        return make(handle, family, Linux.SOCK_DGRAM, false);
    }

    int nonblocking(int handle, int family) {
        return make(handle, family, Linux.SOCK_STREAM, true);
    }

    /** Makes a listener, and returns the address by which it is reached. */
    ByteString listen(int handle, ByteString address, int backlog) {
        stream(handle, new Sockaddr(address).family());
        bind(handle, address);
        actor.ask(Command.of("listen").with("fd", "h:" + handle).with("backlog", backlog));
        return names(handle);
    }

    /**
     * Makes a listener with a full backlog, so that the next connect has to wait.
     *
     * @param filler the first of the handles whose connections fill it
     */
    ByteString listenFull(int handle, ByteString address, int filler) {
        ByteString reached = listen(handle, address, 0);
        int family = new Sockaddr(address).family();
        for (int i = 0; i < 4; i++) {
            nonblocking(filler + i, family);
            actor.ask(WatchedCall.connect("h:" + (filler + i), reached).command("call"));
        }
        return reached;
    }

    /** Returns an address of 127.0.0.1 without a listener. */
    ByteString freeAddress(int handle) {
        stream(handle, Linux.AF_INET);
        bind(handle, SocketAddresses.loopback(0));
        return names(handle);
    }

    void bind(int handle, ByteString address) {
        actor.ask(Command.of("bind").with("fd", "h:" + handle).with("address", address));
    }

    /** Has the kernel choose a name for a UNIX socket. */
    void bindAnywhere(int handle) {
        bind(handle, SocketAddresses.family(Linux.AF_UNIX, 2));
    }

    /** Takes the next connection off a listener. */
    void accept(int listener, int handle) {
        actor.ask(Command.of("accept").with("fd", "h:" + listener).with("keep", handle));
    }

    private ByteString names(int handle) {
        return actor.ask(Command.of("names").with("fd", "h:" + handle))
                .bytes("local")
                .orElseThrow(() -> new ActorException("a socket without a name"));
    }

    private int make(int handle, int family, int type, boolean nonblocking) {
        return actor.ask(Command.of("socket")
                        .with("id", handle)
                        .with("family", family)
                        .with("type", type)
                        .with("nonblock", nonblocking ? 1 : 0))
                .integer("fd");
    }
}
