// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.cli.common.Console;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.selection.Drivers;
import java.util.List;
import java.util.Map;

/**
 * Loads the classes of a command that captures on this machine, for the launcher, which makes an archive of them. What
 * only servers and their subscribers need is left out: the JVM maps the whole archive into each command.
 */
final class ClassData {
    private static final List<String> LOCAL = List.of("ebpf", "kmod");

    private ClassData() {}

    /** Watches a simulated machine for a moment, and asks the drivers of this machine whether they can run. */
    public static void main(String[] args) {
        UnracedCommand.run(Console.system(), "watch", "--driver", "sim", "--json", "--count", "1");
        Map<String, Driver> drivers = Drivers.discover().all();
        CaptureConfig config =
                CaptureConfig.builder().driver(LOCAL.toArray(String[]::new)).build();
        LOCAL.stream()
                .filter(drivers::containsKey)
                .forEach(name -> drivers.get(name).availability(config));
    }
}
