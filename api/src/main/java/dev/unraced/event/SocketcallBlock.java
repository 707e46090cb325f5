// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/**
 * How far to trust the block of memory through which socketcall(2) passes descriptor, address pointer and length.
 * Another process that shares the memory can rewrite it while the call runs.
 *
 * @param provenance where the three words were read, never {@link Provenance#NONE}
 * @param integrity whether they held while the call ran
 */
public record SocketcallBlock(Provenance provenance, Integrity integrity) {}
