// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code unraced} command: its subcommands, their options and their exit codes.
 *
 * <p>Drivers come from {@link dev.unraced.driver.Drivers}; nothing here names one. How an event looks is decided in
 * {@link dev.unraced.cli.print}, what is known of the machine is found out in {@link dev.unraced.cli.doctor}.
 */
@NullMarked
package dev.unraced.cli;

import org.jspecify.annotations.NullMarked;
