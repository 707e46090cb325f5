// SPDX-License-Identifier: Apache-2.0
/**
 * A capture as a publisher of Reactive Streams, for consumers that have such a library.
 *
 * <p>No other package here depends on it. Features for all consumers belong to {@link dev.unraced.capture.Capture}.
 */
@NullMarked
package dev.unraced.flow;

import org.jspecify.annotations.NullMarked;
