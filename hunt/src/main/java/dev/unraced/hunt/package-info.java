// SPDX-License-Identifier: Apache-2.0

/**
 * The hunt: random programs act against a live capture, and a judge compares each event with what really happened.
 *
 * <p>Part of the laboratory: nothing of the product depends on it but the command that starts it.
 */
@NullMarked
package dev.unraced.hunt;

import org.jspecify.annotations.NullMarked;
