// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.entrypoint;

import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.event.Capability;
import dev.unraced.event.Syscall;
import java.util.List;

/**
 * A way into the kernel, and a call that takes it.
 *
 * @param way the way in words, such as {@code int 0x80}
 * @param call the call to make
 * @param needs the capabilities that a driver must declare for the call to become an event
 */
public record EntryPoint(String way, WatchedCall call, List<Capability> needs) {

    /** Returns the system call. */
    public Syscall syscall() {
        return call.syscall();
    }
}
