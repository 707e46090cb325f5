// SPDX-License-Identifier: Apache-2.0

/** What a hunt came to, as text and as JSON. */
@NullMarked
package dev.unraced.cli.hunt;

import org.jspecify.annotations.NullMarked;
