// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import java.util.List;
import java.util.stream.Stream;

/** A command line of the laboratory. */
final class LabLine {
    private LabLine() {}

    /** Returns the words behind {@code unraced}. */
    static String[] of(String... words) {
        return Stream.concat(Stream.of("lab"), Stream.of(words)).toArray(String[]::new);
    }

    /** Returns the words behind {@code unraced}. */
    static String[] of(List<String> words) {
        return of(words.toArray(String[]::new));
    }
}
