// SPDX-License-Identifier: Apache-2.0
/** Reports of the mutants, which are drivers that are broken on purpose. */
@NullMarked
package dev.unraced.lab.mutants;

import org.jspecify.annotations.NullMarked;
