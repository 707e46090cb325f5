// SPDX-License-Identifier: Apache-2.0
/**
 * This package identifies the peer of a connection, decides what it may do, and limits its connections and
 * subscriptions. {@link dev.unraced.server.connection.ConnectionLimiter} sees each connection before anything is read
 * from it, {@link dev.unraced.server.connection.PeerAuthorization} each call.
 */
@NullMarked
package dev.unraced.server.connection;

import org.jspecify.annotations.NullMarked;
