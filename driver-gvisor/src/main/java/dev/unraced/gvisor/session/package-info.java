// SPDX-License-Identifier: Apache-2.0
/** Trace sessions: the points that the driver asks sandboxes for, and the command that begins and ends sessions. */
@NullMarked
package dev.unraced.gvisor.session;

import org.jspecify.annotations.NullMarked;
