// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Set;

/**
 * An immutable event: one call, whole, unless {@link Call#type()} says otherwise. Made by {@link EventView#snapshot()}.
 */
public sealed interface SyscallEvent permits OpenEvent, ConnectEvent {

    /** The call and its result. */
    Call call();

    /** Who made it. */
    Caller caller();

    /** Limits of what its fields can be trusted for. */
    Set<EventFlag> flags();
}
