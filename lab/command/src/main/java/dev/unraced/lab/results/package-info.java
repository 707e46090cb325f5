// SPDX-License-Identifier: Apache-2.0
/** What the tests of the tree found. */
@NullMarked
package dev.unraced.lab.results;

import org.jspecify.annotations.NullMarked;
