// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.event.EventFlag;
import dev.unraced.event.SyscallEvent;
import java.util.Optional;
import java.util.Set;

/** Compares the fields of one event with its act, and notes what is wrong. */
final class Check {
    private final Verdict verdict;
    private final Act act;
    private final SyscallEvent event;

    Check(Verdict verdict, Act act, SyscallEvent event) {
        this.verdict = verdict;
        this.act = act;
        this.event = event;
    }

    void equal(String field, Object said, Object actual) {
        verdict.asserted();
        if (!said.equals(actual)) {
            lie(field, said, actual);
        }
    }

    void oneOf(String field, Object said, Set<?> possible) {
        verdict.asserted();
        if (!possible.contains(said)) {
            lie(
                    field,
                    said,
                    possible.size() == 1 ? possible.iterator().next() : possible.isEmpty() ? "nothing" : possible);
        }
    }

    void exclude(String field) {
        verdict.exclude(field);
    }

    void mark(EventFlag flag) {
        verdict.mark(flag.name());
    }

    void lie(String field, Object said, Object actual) {
        verdict.lie(new Lie(field, said.toString(), actual.toString(), Optional.of(act), Optional.of(event)));
    }

    boolean has(EventFlag flag) {
        return event.flags().contains(flag);
    }

    /** Returns whether the event has one of these flags, and counts the first that it has. */
    boolean isMarked(EventFlag... flags) {
        for (EventFlag flag : flags) {
            if (has(flag)) {
                mark(flag);
                return true;
            }
        }
        return false;
    }
}
