// SPDX-License-Identifier: Apache-2.0
/** The simulated sockets: INET, INET6 and UNIX on one host. The package knows no calls or tasks. */
@NullMarked
package dev.unraced.sim.net;

import org.jspecify.annotations.NullMarked;
