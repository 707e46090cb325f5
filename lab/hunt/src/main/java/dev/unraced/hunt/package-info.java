// SPDX-License-Identifier: Apache-2.0

/**
 * The hunt: random programs act against a live capture, and a judge compares each event with what really happened.
 *
 * <p>The hunt is part of the laboratory: of the product, only the command that starts it depends on it.
 */
@NullMarked
package dev.unraced.hunt;

import org.jspecify.annotations.NullMarked;
