// SPDX-License-Identifier: Apache-2.0
package dev.unraced.names;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a mistyped name most likely meant. */
public final class NearestName {

    private NearestName() {}

    /**
     * Returns the candidate with the fewest edits from a name, ignoring case; the first of several.
     *
     * @return the candidate, or empty when the name differs from every candidate in more than a third of the longer
     *     one's letters
     */
    public static Optional<String> of(String name, Collection<String> candidates) {
        String wanted = name.toLowerCase(Locale.ROOT);
        String nearest = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int edits = distance(wanted, candidate.toLowerCase(Locale.ROOT));
            if (edits < fewest && edits <= tolerance(name, candidate)) {
                fewest = edits;
                nearest = candidate;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** Returns the largest number of edits that counts as a slip: any short word is a few edits away from any other. */
    static int tolerance(String name, String candidate) {
        return (Math.max(name.length(), candidate.length()) + 1) / 3;
    }

    /**
     * Returns the number of insertions, deletions, substitutions and swaps of neighbours between two strings (optimal
     * string alignment). A swap counts as one edit because it is the commonest typing error.
     */
    public static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substitution, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return last[b.length()];
    }
}
