// SPDX-License-Identifier: Apache-2.0
/** The command {@code watch}: its filters, its status line, and the recording of what it prints. */
@NullMarked
package dev.unraced.cli.watch;

import org.jspecify.annotations.NullMarked;
