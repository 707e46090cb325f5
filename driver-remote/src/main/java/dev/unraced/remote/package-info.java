// SPDX-License-Identifier: Apache-2.0
/**
 * The driver {@code remote}: a capture that another process, or another machine, holds. A subscription becomes an
 * ordinary {@link dev.unraced.driver.Capture}: what arrives is written into a ring of this process and read from there.
 *
 * <p>What both ends share is in {@code wire}, the other end in {@code server}, which nothing here depends on.
 */
@NullMarked
package dev.unraced.remote;

import org.jspecify.annotations.NullMarked;
