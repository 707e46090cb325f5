// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.event.SyscallEvent;
import java.util.Optional;

/** An event that asserts what was not so, an act without an event, or an event without an act. Immutable. */
public final class Lie {
    private final String field;
    private final String said;
    private final String truth;
    private final Optional<Act> act;
    private final Optional<SyscallEvent> event;

    /**
     * One lie.
     *
     * @param field what is wrong
     * @param said what the event said
     * @param truth what was true
     * @param act the act, where there is one
     * @param event the event, where there is one
     */
    Lie(String field, String said, String truth, Optional<Act> act, Optional<SyscallEvent> event) {
        this.field = field;
        this.said = said;
        this.truth = truth;
        this.act = act;
        this.event = event;
    }

    /** What is wrong. */
    public String field() {
        return field;
    }

    /** What the event said. */
    public String said() {
        return said;
    }

    /** What was true. */
    public String truth() {
        return truth;
    }

    /** Whether an act has no event. */
    boolean isMissing() {
        return event.isEmpty();
    }

    Optional<Act> act() {
        return act;
    }

    /** The event; an act that has none has no event here. */
    public Optional<SyscallEvent> event() {
        return event;
    }

    /** Lies that are alike: of the same field, entry point and call. */
    public String kind() {
        return field + act.map(each -> " of " + each.via() + " " + each.call()).orElse("");
    }

    /** One line that says what is wrong. */
    public String summary() {
        return kind() + ": said " + said + ", was " + truth;
    }

    /** What the program did there; empty of an event without an act. */
    public String deed() {
        return act.map(Act::toString).orElse("");
    }
}
