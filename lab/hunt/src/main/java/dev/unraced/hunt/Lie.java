// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.event.SyscallEvent;
import java.util.Optional;

/** An event with a false assertion, an act without an event, or an event without an act. Immutable. */
public final class Lie {
    private final String field;
    private final String said;
    private final String actual;
    private final Optional<Act> act;
    private final Optional<SyscallEvent> event;

    /**
     * One lie.
     *
     * @param field name of the wrong field, or of the fault
     * @param said what the event said
     * @param actual what the kernel did
     * @param act the act, where there is one
     * @param event the event, where there is one
     */
    Lie(String field, String said, String actual, Optional<Act> act, Optional<SyscallEvent> event) {
        this.field = field;
        this.said = said;
        this.actual = actual;
        this.act = act;
        this.event = event;
    }

    /** Returns the name of the wrong field, or of the fault. */
    public String field() {
        return field;
    }

    /** Returns what the event said. */
    public String said() {
        return said;
    }

    /** Returns what the kernel did. */
    public String actual() {
        return actual;
    }

    /** Returns whether there is no event, as when an act has none. */
    boolean isMissing() {
        return event.isEmpty();
    }

    Optional<Act> act() {
        return act;
    }

    /** Returns the event; empty for an act without an event. */
    public Optional<SyscallEvent> event() {
        return event;
    }

    /** Returns a key that lies of the same field, entry point and call share. */
    public String kind() {
        return field + act.map(each -> " of " + each.via() + " " + each.call()).orElse("");
    }

    /** Returns one line that says what is wrong. */
    public String summary() {
        return kind() + ": said " + said + ", was " + actual;
    }

    /** Returns the act of the program; empty for an event without an act. */
    public String deed() {
        return act.map(Act::toString).orElse("");
    }
}
