// SPDX-License-Identifier: Apache-2.0
/** Recordings as a source of events: calls that any driver captured once are replayed. */
@NullMarked
package dev.unraced.replay;

import org.jspecify.annotations.NullMarked;
