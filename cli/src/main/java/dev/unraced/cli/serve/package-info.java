// SPDX-License-Identifier: Apache-2.0
/** The command {@code serve}: it holds a capture for other programs. */
@NullMarked
package dev.unraced.cli.serve;

import org.jspecify.annotations.NullMarked;
