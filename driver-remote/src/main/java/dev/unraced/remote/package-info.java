// SPDX-License-Identifier: Apache-2.0
/**
 * The driver {@code remote}: subscribes to a capture that another process, or another machine, holds. A subscription
 * becomes an ordinary {@link dev.unraced.capture.Capture}: arriving records are written into a ring of this process and
 * read from there.
 *
 * <p>The module {@code protocol} holds the parts that both ends share. The other end is in {@code server}; nothing here
 * depends on it.
 */
@NullMarked
package dev.unraced.remote;

import org.jspecify.annotations.NullMarked;
