// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.OutputFile;
import dev.unraced.report.ReportPage;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** A page of HTML that a command writes beside what it prints. */
final class HtmlOption {
    private final ReportPage page = new ReportPage();

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write the report as a page of HTML, which needs no other file.")
    private @Nullable Path file;

    boolean isWanted() {
        return file != null;
    }

    /**
     * Checks the file before the work.
     *
     * @throws ParameterException when the file cannot be written to
     */
    void check() {
        if (file != null && !OutputFile.isWritable(file)) {
            throw new ParameterException(command.commandLine(), "--html: cannot write to " + file);
        }
    }

    /** Adds a part, in the form that programs get. */
    void add(String json) {
        page.add(json);
    }

    /** Writes the page of all parts, if the option was given. */
    void write() {
        if (file != null) {
            OutputFile.write(file, page.html(Instant.now()));
        }
    }
}
