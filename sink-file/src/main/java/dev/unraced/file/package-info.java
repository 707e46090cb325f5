// SPDX-License-Identifier: Apache-2.0
/** Writes a server's events to a file, a line each, and renames it when it is large. No other module depends on it. */
@NullMarked
package dev.unraced.file;

import org.jspecify.annotations.NullMarked;
