// SPDX-License-Identifier: Apache-2.0
/** The findings of the model of stash sizes, as text and as JSON. */
@NullMarked
package dev.unraced.cli.size;

import org.jspecify.annotations.NullMarked;
