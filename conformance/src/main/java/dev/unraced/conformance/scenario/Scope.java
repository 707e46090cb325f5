// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

/** The processes whose calls a scenario is about. */
public enum Scope {
    /** The actor's process: filtered by thread group where the driver can. */
    PROCESS,
    /** The actor with all its children: filtered by the user id that only they have. */
    FAMILY,
    /** All processes: the driver filters nothing; the recorder keeps the actor's process. */
    MACHINE
}
