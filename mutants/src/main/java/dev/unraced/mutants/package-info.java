// SPDX-License-Identifier: Apache-2.0
/**
 * The kit's self-test: simulators that are each broken in one way, and the rules that have to notice. One file for each
 * family of mutants; what they are made with is beside them.
 */
@NullMarked
package dev.unraced.mutants;

import org.jspecify.annotations.NullMarked;
