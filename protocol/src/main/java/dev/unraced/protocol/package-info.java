// SPDX-License-Identifier: Apache-2.0
/**
 * The parts that a server, its clients and its sinks share: the messages of {@code unraced.v1}, their conversion from
 * and to the contract's types, addresses, and the certificates of one end.
 *
 * <p>The package depends on the contract alone, and on neither end.
 */
@NullMarked
package dev.unraced.protocol;

import org.jspecify.annotations.NullMarked;
