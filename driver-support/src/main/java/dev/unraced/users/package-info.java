// SPDX-License-Identifier: Apache-2.0
/** The users and cgroups of this machine, for whoever names them in events. */
@NullMarked
package dev.unraced.users;

import org.jspecify.annotations.NullMarked;
