// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Set;

/**
 * An immutable event of one call, which is whole unless {@link Call#type()} says otherwise.
 * {@link EventView#snapshot()} creates it.
 */
public sealed interface SyscallEvent permits OpenEvent, ConnectEvent {

    /** Returns the call and its result. */
    Call call();

    /** Returns the caller. */
    Caller caller();

    /** Returns the flags, which limit the trust in its fields. */
    Set<EventFlag> flags();
}
