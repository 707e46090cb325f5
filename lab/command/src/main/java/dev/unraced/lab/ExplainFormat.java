// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import picocli.CommandLine.Option;

/** The options for the output of {@code explain}. */
final class ExplainFormat {
    @Option(names = "--ascii", description = "Draw with ASCII characters, whatever the locale says.")
    boolean ascii;

    @Option(names = "--json", description = "One JSON object; see docs/reference/commands.md.")
    boolean json;

    @Option(
            names = "--markdown",
            description = "A page with story, table and execution of each attack: docs/reference/attacks.md.")
    boolean markdown;
}
