// SPDX-License-Identifier: Apache-2.0
/**
 * One capture for many readers. A {@link dev.unraced.server.broadcast.Broadcaster} consumes the capture into a ring.
 * Each {@link dev.unraced.server.broadcast.Subscription} reads the ring at its own pace for a subscriber elsewhere, and
 * each {@link dev.unraced.server.broadcast.SinkReader} for a sink in this process.
 */
@NullMarked
package dev.unraced.server.broadcast;

import org.jspecify.annotations.NullMarked;
