// SPDX-License-Identifier: Apache-2.0
/**
 * One self-contained page of what a driver was judged by, attacked with and measured at. Reads what the commands print
 * as JSON; what it holds beside that, it takes from the simulator's attacks.
 */
@NullMarked
package dev.unraced.report;

import org.jspecify.annotations.NullMarked;
