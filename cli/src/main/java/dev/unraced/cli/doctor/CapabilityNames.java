// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.event.Capability;

/** Names of capabilities that are clear without their type: both an ABI and a syscall could be called OPEN. */
final class CapabilityNames {
    private CapabilityNames() {}

    /** Returns a name such as {@code Syscall.OPENAT2}. */
    static String of(Capability capability) {
        return capability.getClass().getSimpleName() + "." + capability.name();
    }
}
