// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.Capability;
import dev.unraced.event.Syscall;
import java.util.List;

/**
 * A way into the kernel, and a call that takes it.
 *
 * @param way for people, such as {@code int 0x80}
 * @param call the call to make
 * @param needs what a driver has to declare for the call to become an event
 */
public record Entrance(String way, WatchedCall call, List<Capability> needs) {

    /** Which call it is. */
    public Syscall syscall() {
        return call.syscall();
    }
}
