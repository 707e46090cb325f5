// SPDX-License-Identifier: Apache-2.0
/** The numbers of the specification's rules, and the error that says which rule is violated. */
@NullMarked
package dev.unraced.conformance.spec;

import org.jspecify.annotations.NullMarked;
