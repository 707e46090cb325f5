// SPDX-License-Identifier: Apache-2.0
/**
 * The tests of the rules, by the chapters of {@code docs/spec.md}. The table in {@code docs/reference/conformance.md}
 * says which class has which rule.
 *
 * <p>This package is internal, but for tests that run one group of rules with settings of their own.
 */
@NullMarked
package dev.unraced.conformance.rules;

import org.jspecify.annotations.NullMarked;
