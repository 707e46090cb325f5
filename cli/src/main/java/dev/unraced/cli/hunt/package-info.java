// SPDX-License-Identifier: Apache-2.0

/** The results of a hunt, as text and as JSON. */
@NullMarked
package dev.unraced.cli.hunt;

import org.jspecify.annotations.NullMarked;
