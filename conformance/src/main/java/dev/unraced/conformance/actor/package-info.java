// SPDX-License-Identifier: Apache-2.0
/**
 * The actor: the process that makes the calls which a driver watches, and the protocol by which it is told to.
 * {@code conformance/src/main/c/PROTOCOL.md} describes that.
 */
@NullMarked
package dev.unraced.conformance.actor;

import org.jspecify.annotations.NullMarked;
