// SPDX-License-Identifier: Apache-2.0
/** Trace sessions: what the driver wants sandboxes to send, and the command that begins and ends them. */
@NullMarked
package dev.unraced.gvisor.session;

import org.jspecify.annotations.NullMarked;
