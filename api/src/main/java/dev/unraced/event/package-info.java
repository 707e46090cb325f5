// SPDX-License-Identifier: Apache-2.0
/**
 * The merged event: its binary layout, the flyweight that reads it, and the immutable snapshot.
 *
 * <p>What enters here describes one call. Nothing here knows a driver, a ring or a configuration.
 */
@NullMarked
package dev.unraced.event;

import org.jspecify.annotations.NullMarked;
