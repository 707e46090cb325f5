// SPDX-License-Identifier: Apache-2.0
/**
 * The way in which JUnit runs a rule: with which driver, whether at all, alone or beside others, and how long at most.
 *
 * <p>This package is internal. It is public for the rules only.
 */
@NullMarked
package dev.unraced.conformance.harness;

import org.jspecify.annotations.NullMarked;
