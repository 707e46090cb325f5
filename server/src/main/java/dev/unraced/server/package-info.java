// SPDX-License-Identifier: Apache-2.0
/**
 * The server: one capture for many subscribers.
 *
 * <p>A {@link dev.unraced.server.Hub} consumes a capture into a broadcast ring, from which each subscription
 * reads at its own pace; {@link dev.unraced.server.RemoteServer} publishes hubs and checks permissions. The
 * server depends on no concrete driver.
 */
@NullMarked
package dev.unraced.server;

import org.jspecify.annotations.NullMarked;
