// SPDX-License-Identifier: Apache-2.0
/**
 * The argument stash: what was read when a call entered, kept until the call returns.
 *
 * <p>The contract, its books, and the two Java implementations that drivers in user space share. Kernel drivers keep
 * the same contract in C and report the same books.
 */
@NullMarked
package dev.unraced.stash;

import org.jspecify.annotations.NullMarked;
