// SPDX-License-Identifier: Apache-2.0
/**
 * Writes events as lines, for people and for programs.
 *
 * <p>Everything here reads an {@link dev.unraced.event.EventView} in place and writes bytes; nothing allocates per
 * event. No byte of an event reaches the output before {@link dev.unraced.format.Utf8} has looked at it. A handler that
 * prints JSON:
 *
 * <pre>{@code
 * WallClock clock = new WallClock();
 * EventWriter json = new JsonEventWriter(clock, OpenFlagNames.ofThisMachine());
 * LineBuffer lines = new LineBuffer(1 << 16);
 * capture.consume(event -> {
 *     clock.arrived(event.nanos());
 *     json.write(event, lines);
 *     lines.writeTo(out);
 * });
 * }</pre>
 */
@NullMarked
package dev.unraced.format;

import org.jspecify.annotations.NullMarked;
