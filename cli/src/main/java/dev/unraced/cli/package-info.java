// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code unraced} command: its subcommands, their options and their exit codes.
 *
 * <p>Drivers come from {@link dev.unraced.selection.Drivers}; nothing here names one. Each subcommand is a package,
 * except the smallest. {@link dev.unraced.cli.common} has what they share; {@link dev.unraced.format} decides how an
 * event looks.
 */
@NullMarked
package dev.unraced.cli;

import org.jspecify.annotations.NullMarked;
