// SPDX-License-Identifier: Apache-2.0
/** A scheduler that tries all interleavings of a scenario. The package knows only worlds that step. */
@NullMarked
package dev.unraced.explorer;

import org.jspecify.annotations.NullMarked;
