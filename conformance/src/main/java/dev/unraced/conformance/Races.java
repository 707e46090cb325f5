// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

/**
 * The rounds of a rule that depends on luck, and those that it won.
 *
 * @param rounds number of calls that an attacker raced against
 * @param won number of rounds in which the attacker acted during the call, or the kernel took the attacker's version of
 *     an argument; a round that is not won proves nothing
 */
public record Races(long rounds, long won) {
    /** The races of a rule that played none. */
    public static final Races NONE = new Races(0, 0);
}
