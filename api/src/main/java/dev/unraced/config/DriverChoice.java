// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import java.util.List;

/**
 * The drivers to try.
 *
 * @param names the drivers' names in order; at least one
 * @param automatic whether the names are the list behind {@code auto}
 */
record DriverChoice(List<String> names, boolean automatic) {
    private static final String DRIVER = "unraced.driver";
    private static final String LIST = "unraced.auto";
    private static final String AUTO = "auto";

    static DriverChoice read(SettingReader in) {
        String allowed = "auto alone, or one or more names of drivers";
        List<String> named = in.someNames(DRIVER, allowed).stream()
                .map(name -> AUTO.equalsIgnoreCase(name) ? AUTO : name)
                .toList();
        boolean automatic = named.equals(List.of(AUTO));
        if (!automatic && named.contains(AUTO)) {
            in.problem(DRIVER, "has auto among names", allowed);
        }
        List<String> auto = in.someNames(LIST, "one or more names of drivers");
        if (auto.contains(AUTO)) {
            in.problem(LIST, "has itself in it", "one or more names of drivers");
        }
        return automatic ? new DriverChoice(auto, true) : new DriverChoice(named, false);
    }
}
