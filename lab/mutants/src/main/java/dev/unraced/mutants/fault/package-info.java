// SPDX-License-Identifier: Apache-2.0
/** The ways to break a simulator: wrappers around its parts, and changes to its records and statistics. */
@NullMarked
package dev.unraced.mutants.fault;

import org.jspecify.annotations.NullMarked;
