// SPDX-License-Identifier: Apache-2.0
/** All modules share these parts of Linux: numbers of its interface, words for errors, mounts, which file is which. */
@NullMarked
package dev.unraced.linux;

import org.jspecify.annotations.NullMarked;
