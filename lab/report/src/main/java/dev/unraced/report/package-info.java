// SPDX-License-Identifier: Apache-2.0
/**
 * One self-contained page about a driver: its conformance, the attacks on it, and its costs. The package reads the JSON
 * that the commands print, and takes the timelines from the simulator's attacks.
 */
@NullMarked
package dev.unraced.report;

import org.jspecify.annotations.NullMarked;
