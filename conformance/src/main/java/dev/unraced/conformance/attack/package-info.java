// SPDX-License-Identifier: Apache-2.0
/**
 * Attacks on a capture: threads that change arguments and objects while calls use them. Each event is compared with
 * what the actor knows of its call. {@link dev.unraced.conformance.attack.AttackCorpus} is the way in.
 */
@NullMarked
package dev.unraced.conformance.attack;

import org.jspecify.annotations.NullMarked;
