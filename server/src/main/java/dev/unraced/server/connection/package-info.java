// SPDX-License-Identifier: Apache-2.0
/**
 * Who is at the other end of a connection, what that peer may do, and how many connections and subscriptions it may
 * have. {@link dev.unraced.server.connection.ConnectionLimiter} sees each connection before anything is read from it,
 * {@link dev.unraced.server.connection.PeerAuthorization} each call.
 */
@NullMarked
package dev.unraced.server.connection;

import org.jspecify.annotations.NullMarked;
