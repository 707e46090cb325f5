// SPDX-License-Identifier: Apache-2.0
/** The results of the tree's tests. */
@NullMarked
package dev.unraced.lab.results;

import org.jspecify.annotations.NullMarked;
