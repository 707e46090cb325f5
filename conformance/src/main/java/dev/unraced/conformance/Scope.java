// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

/** Whose calls a scenario is about. */
enum Scope {
    /** The actor's process: filtered by thread group where the driver can. */
    PROCESS,
    /** The actor with all its children: filtered by the user id that they share with nobody. */
    FAMILY,
    /** Nothing is filtered by the driver; the recorder keeps the actor's process. */
    MACHINE
}
