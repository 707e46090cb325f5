// SPDX-License-Identifier: Apache-2.0
/**
 * Writes events as lines, for people and for programs.
 *
 * <p>Everything here reads an {@link dev.unraced.event.EventView} in place and writes bytes; nothing allocates per
 * event. No byte of an event reaches the output before {@link dev.unraced.cli.print.Utf8} has looked at it.
 */
@NullMarked
package dev.unraced.cli.print;

import org.jspecify.annotations.NullMarked;
