// SPDX-License-Identifier: Apache-2.0
/** What the model of stash sizes found, as text and as JSON. */
@NullMarked
package dev.unraced.cli.size;

import org.jspecify.annotations.NullMarked;
