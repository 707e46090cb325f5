// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import java.util.List;

/**
 * Thrown when a configuration has problems. The message lists all problems, numbered, each with the key, the offending
 * value, its origin and the allowed values.
 */
public class InvalidConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    /**
     * Creates an exception for some problems.
     *
     * @param problems the problems, one line each; at least one
     */
    public InvalidConfigException(List<String> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns the problems, one line each, in the order of the message. */
    public List<String> problems() {
        return problems;
    }

    private static String message(List<String> problems) {
        StringBuilder message = new StringBuilder("The configuration is invalid:");
        for (int i = 0; i < problems.size(); i++) {
            message.append('\n').append(i + 1).append(") ").append(problems.get(i));
        }
        return message.toString();
    }
}
