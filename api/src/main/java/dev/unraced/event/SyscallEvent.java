// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import dev.unraced.linux.Errno;
import java.util.Optional;
import java.util.Set;

/**
 * An immutable event of one call, which is whole unless {@link Call#type()} says otherwise.
 * {@link EventView#snapshot()} creates it, and answers the questions below as the view does.
 */
public sealed interface SyscallEvent permits OpenEvent, ConnectEvent {

    /** Returns the call and its result. */
    Call call();

    /** Returns the caller. */
    Caller caller();

    /** Returns the flags, which limit the trust in its fields. */
    Set<EventFlag> flags();

    /** Returns whether a flag is set. */
    default boolean has(EventFlag flag) {
        return flags().contains(flag);
    }

    /** Returns whether this is only the entry of a call; see {@link EventType#ENTER}. */
    default boolean isEnter() {
        return call().type() == EventType.ENTER;
    }

    /** Returns whether this is an {@link OpenEvent}. */
    default boolean isOpenLike() {
        return call().syscall().isOpenLike();
    }

    /** Returns whether this is a {@link ConnectEvent}. */
    default boolean isConnect() {
        return !isOpenLike();
    }

    /** Returns the time of this event: the return, or the entry in an enter event. */
    default long nanos() {
        return isEnter() ? call().enterNanos() : call().exitNanos();
    }

    /** Returns whether the call failed, as {@link EventView#failed} says. False in an enter event. */
    default boolean failed() {
        return !isEnter() && call().syscall().isFailure(call().result(), !has(EventFlag.NOT_EXECUTED));
    }

    /** Returns whether the call did not fail, a connect in progress included. False in an enter event. */
    default boolean succeeded() {
        return !isEnter() && !failed();
    }

    /** Returns whether this is a connect that goes on after its return (EINPROGRESS). Its later end is no event. */
    default boolean isInProgress() {
        return call().syscall().isInProgress(call().result(), !has(EventFlag.NOT_EXECUTED));
    }

    /** Returns the name of the error that the call returned, as {@link EventView#errnoName} does. */
    default Optional<String> errnoName() {
        return Errno.nameOf(-call().result());
    }

    /**
     * Returns whether a signal interrupted the call in a way that the kernel hides from the program, as
     * {@link EventView#isInterrupted} says.
     */
    default boolean isInterrupted() {
        return Errno.isRestart(-call().result());
    }
}
