// SPDX-License-Identifier: Apache-2.0

/** The results of a hunt, as text and as JSON. */
@NullMarked
package dev.unraced.lab.hunt;

import org.jspecify.annotations.NullMarked;
