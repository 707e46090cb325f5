// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Locale;

/** Describes the events behind views in a line each, in printable ASCII: for logs and debuggers, not for programs. */
final class ViewText {
    static final String RELEASED = "an event that is released: its handler has returned";

    private ViewText() {}

    /** Returns the call, its argument, its result and who made it. */
    static String of(EventView event) {
        try {
            String argument = event.isOpenLike()
                    ? quoted(event.path())
                    : event.address().isPresent()
                            ? new Sockaddr(event.address().toByteString()).toString()
                            : "(unknown)";
            String result =
                    event.isEnter() ? " enters" : " = " + event.errnoName().orElse(Long.toString(event.result()));
            return lower(event.syscall()) + " " + argument + result + " by " + event.comm() + "[" + event.tgid()
                    + (event.tid() == event.tgid() ? "" : "/" + event.tid()) + "]";
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return "an event without a well-formed record";
        }
    }

    /** Returns what a process did, and which one it is. */
    static String of(ProcessView event) {
        try {
            String what = switch (event.type()) {
                case FORK -> "fork from " + event.parentTgid();
                case EXEC -> "exec " + quoted(event.executable());
                case EXEC_FAILED ->
                    "exec " + quoted(event.path()) + " = " + event.errnoName().orElse(Integer.toString(event.result()));
                case EXIT -> "exit, wait status " + event.status();
                case ALIVE -> "alive " + quoted(event.executable());
            };
            return what + " by " + event.comm() + "[" + event.tgid() + "]";
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return "a process event without a well-formed record";
        }
    }

    private static String quoted(BytesView text) {
        return text.isPresent() ? "\"" + text + "\"" : "(unknown)";
    }

    private static String lower(Syscall call) {
        return call.name().toLowerCase(Locale.ROOT);
    }
}
