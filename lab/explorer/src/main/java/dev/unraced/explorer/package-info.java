// SPDX-License-Identifier: Apache-2.0
/**
 * Schedulers that search: all interleavings of a scenario, or random ones with a seed. The package knows only worlds
 * that step.
 */
@NullMarked
package dev.unraced.explorer;

import org.jspecify.annotations.NullMarked;
