// SPDX-License-Identifier: Apache-2.0
/**
 * One capture with an actor and a directory, and what its tests ask of both: calls and their events, statistics at
 * rest, what the driver recorded.
 *
 * <p>This package is internal. It is public for the rules, the attacks and the scripts only.
 */
@NullMarked
package dev.unraced.conformance.scenario;

import org.jspecify.annotations.NullMarked;
