// SPDX-License-Identifier: Apache-2.0
/** Measurements. All figures of the project come from here, never from a timed test. */
@NullMarked
package dev.unraced.benchmarks;

import org.jspecify.annotations.NullMarked;
