// SPDX-License-Identifier: Apache-2.0
/** Attacks and their results, for people, programs and pages. */
@NullMarked
package dev.unraced.lab.explain;

import org.jspecify.annotations.NullMarked;
