// SPDX-License-Identifier: Apache-2.0
/**
 * The merged event: its binary layout, the flyweight that reads it, and the immutable snapshot.
 *
 * <p>What enters here describes one call. Nothing here knows a driver, a ring or a configuration.
 *
 * <p>One rule holds for what is absent. In a view, bytes that are absent are a view that is not present, and a number
 * of the other family of calls throws {@link java.lang.IllegalStateException}: it would be a mistake to ask a connect
 * for its directory. In a snapshot each family has a type of its own, so nobody can ask; a file or a socket that may be
 * missing is an {@link java.util.Optional}, and so is an argument by {@link dev.unraced.event.Argument#asOptional}.
 */
@NullMarked
package dev.unraced.event;

import org.jspecify.annotations.NullMarked;
