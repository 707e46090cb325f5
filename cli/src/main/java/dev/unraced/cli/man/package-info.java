// SPDX-License-Identifier: Apache-2.0
/** The manual page, made from the same model of the command line as its help. */
@NullMarked
package dev.unraced.cli.man;

import org.jspecify.annotations.NullMarked;
