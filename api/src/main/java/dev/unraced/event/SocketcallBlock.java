// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/**
 * The trust in the block of memory through which socketcall(2) passes descriptor, address pointer and length. Another
 * process that shares the memory can rewrite it while the call runs.
 *
 * @param provenance the place where the three words were read, never {@link Provenance#NONE}
 * @param integrity whether the words held while the call ran
 */
public record SocketcallBlock(Provenance provenance, Integrity integrity) {}
