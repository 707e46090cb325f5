// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Optional;

/**
 * The socket that a call acted on, read from the kernel when the call returned.
 *
 * @param family AF_*
 * @param type SOCK_*
 * @param protocol IPPROTO_*
 * @param local its own address
 * @param remote its peer's address, where the kernel has one
 */
public record ConnectedSocket(
        int family, int type, int protocol, Optional<Sockaddr> local, Optional<Sockaddr> remote) {}
