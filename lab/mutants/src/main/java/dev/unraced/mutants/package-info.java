// SPDX-License-Identifier: Apache-2.0
/**
 * The kit's self-test: simulators that are each broken in one way, and the rules that have to notice. There is one file
 * for each family of mutants; {@link dev.unraced.mutants.fault} has the classes that they are made with.
 */
@NullMarked
package dev.unraced.mutants;

import org.jspecify.annotations.NullMarked;
