// SPDX-License-Identifier: Apache-2.0
/** The simulated sockets: INET, INET6 and UNIX on one host. Knows nothing of calls or tasks. */
@NullMarked
package dev.unraced.sim.net;

import org.jspecify.annotations.NullMarked;
