// SPDX-License-Identifier: Apache-2.0
/** A million threads in virtual time against the stashes of the API: the memory and the losses of each stash size. */
@NullMarked
package dev.unraced.sizing;

import org.jspecify.annotations.NullMarked;
