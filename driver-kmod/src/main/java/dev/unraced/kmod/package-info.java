// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel-module driver: a capture is an open file of {@code /dev/unraced}, and its ring is mapped memory.
 *
 * <p>The driver makes native calls only for opening, configuring, sleeping and closing; an event needs none. All of
 * them are in {@link dev.unraced.kmod.Device}.
 */
@NullMarked
package dev.unraced.kmod;

import org.jspecify.annotations.NullMarked;
