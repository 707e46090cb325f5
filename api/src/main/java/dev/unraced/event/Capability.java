// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/**
 * Something that a driver either provides or declares, with a reason, that it lacks.
 *
 * <p>The conformance kit skips a rule only where a lacking capability is declared.
 */
public sealed interface Capability permits Abi, Feature, Integrity, Mitigation, Origin, Provenance, Syscall {

    /** Returns the constant's name, as in {@link Enum#name()}. */
    String name();
}
