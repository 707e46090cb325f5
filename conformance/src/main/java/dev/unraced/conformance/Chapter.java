// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.List;

/** The chapters of {@code docs/spec.md}. */
final class Chapter {
    /** The titles in the order of the chapters. */
    static final List<String> TITLES = List.of(
            "One call, one event",
            "Arguments from the right moment; MATCH is a proof",
            "Failures are events",
            "A stash entry answers only its own call",
            "An exit without an enter is an event",
            "An enter without an exit is reclaimed",
            "Bounded",
            "The statistics balance",
            "Order",
            "Whole strings",
            "The observer does not observe itself",
            "The switch is live",
            "Nothing is left behind",
            "Hostile input stays input",
            "A capture can be lived with",
            "Processes");

    private Chapter() {}

    /** Returns the heading of a chapter, from 1, even of a chapter that has no title here. */
    static String heading(int number) {
        return number >= 1 && number <= TITLES.size()
                ? number + ". " + TITLES.get(number - 1)
                : Integer.toString(number);
    }
}
