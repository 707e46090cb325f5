// SPDX-License-Identifier: Apache-2.0
/**
 * A running capture, as a consumer of events sees it: its events, its statistics, what it can do, and how it fails.
 *
 * <p>{@link dev.unraced.capture.Capture#open} is where an application begins.
 */
@NullMarked
package dev.unraced.capture;

import org.jspecify.annotations.NullMarked;
