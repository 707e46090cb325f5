// SPDX-License-Identifier: Apache-2.0
/** What a server needs of Linux: users, files of sockets, the tree of cgroups, the clock of events, and systemd. */
@NullMarked
package dev.unraced.server.linux;

import org.jspecify.annotations.NullMarked;
