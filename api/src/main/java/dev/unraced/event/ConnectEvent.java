// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Optional;
import java.util.Set;

/**
 * The event of a {@code connect}.
 *
 * @param fd the descriptor to connect
 * @param address the address as passed, at most {@code addrlen} bytes
 * @param addrlen the address's length, raw as passed
 * @param socket the socket behind the descriptor; empty when it does not exist or could not be read
 * @param block the trust in the memory that held descriptor, address and length; empty unless the call came through
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
