// SPDX-License-Identifier: Apache-2.0
package dev.unraced.names;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The names in {@code unraced.driver} that no driver has. */
public final class UnknownDrivers {
    private UnknownDrivers() {}

    /**
     * Returns a problem, one line, for each unknown name.
     *
     * @param chosen the names that the user chose; drivers behind {@code auto} need not exist
     * @param origin the place where the user chose them
     * @param known the names of the drivers that there are
     */
    public static List<String> among(Collection<String> chosen, String origin, Set<String> known) {
        return chosen.stream()
                .filter(name -> !known.contains(name))
                .map(name -> "no driver is named '" + name + "' (unraced.driver, " + origin + ")"
                        + NearestName.of(name, known)
                                .map(nearest -> ", the nearest is " + nearest)
                                .orElse("")
                        + (known.isEmpty()
                                ? "; there is none on the class path"
                                : "; known drivers: " + String.join(", ", new TreeSet<>(known))))
                .toList();
    }
}
