// SPDX-License-Identifier: Apache-2.0
/**
 * The interface of a sink: a further receiver of a server's events, such as a broker of messages. A sink depends on
 * this package and the contract, and on {@code dev.unraced.protocol} if it sends messages; it depends on no driver.
 */
@NullMarked
package dev.unraced.server.sink;

import org.jspecify.annotations.NullMarked;
