// SPDX-License-Identifier: Apache-2.0
/** Drivers that are broken on purpose, and the runner that says which of their faults the rules notice. */
@NullMarked
package dev.unraced.conformance.mutant;

import org.jspecify.annotations.NullMarked;
