// SPDX-License-Identifier: Apache-2.0
/**
 * The argument stash: it keeps the arguments that were read when a call entered, until the call returns.
 *
 * <p>This package has the contract and the two Java implementations that drivers in user space share. Kernel drivers
 * keep the same contract in C, and all report {@link dev.unraced.capture.StashStats}.
 */
@NullMarked
package dev.unraced.stash;

import org.jspecify.annotations.NullMarked;
