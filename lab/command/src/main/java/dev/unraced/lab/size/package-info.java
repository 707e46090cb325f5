// SPDX-License-Identifier: Apache-2.0
/** The findings of the model of stash sizes, as text and as JSON. */
@NullMarked
package dev.unraced.lab.size;

import org.jspecify.annotations.NullMarked;
