// SPDX-License-Identifier: Apache-2.0
/** Scripts of calls that several drivers run, and the comparison of what they saw. */
@NullMarked
package dev.unraced.conformance.script;

import org.jspecify.annotations.NullMarked;
