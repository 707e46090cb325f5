// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Optional;
import java.util.Set;

/**
 * A {@code connect}.
 *
 * @param fd the descriptor to connect
 * @param address the address as passed, at most {@code addrlen} bytes
 * @param addrlen the address's length, raw as passed
 * @param socket the socket behind the descriptor; empty when there was none or it could not be read
 * @param block how far to trust the memory that held descriptor, address and length; empty unless the call came through
 *     socketcall(2) and its block was read
 */
public record ConnectEvent(
        Call call,
        Caller caller,
        Set<EventFlag> flags,
        int fd,
        Argument<Sockaddr> address,
        int addrlen,
        Optional<ConnectedSocket> socket,
        Optional<SocketcallBlock> block)
        implements SyscallEvent {

    public ConnectEvent {
        flags = Set.copyOf(flags);
    }
}
