// SPDX-License-Identifier: Apache-2.0
/**
 * The parts of Linux that a server needs: users, files of sockets, the tree of cgroups, the clock of events, and
 * systemd.
 */
@NullMarked
package dev.unraced.server.linux;

import org.jspecify.annotations.NullMarked;
