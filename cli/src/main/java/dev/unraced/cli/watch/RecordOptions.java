// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of recordings. */
final class RecordOptions {
    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Also write all that is captured to a file; see docs/reference/recording.md. The options that"
                    + " choose what is printed do not apply to it.")
    private @Nullable Path file;

    @Option(names = "--force", description = "Let --record replace a file that exists.")
    private boolean force;

    @Option(names = "--no-print", description = "Print no events, only --record them.")
    private boolean noPrint;

    /** Returns whether all that is captured is written to a file. */
    boolean isWanted() {
        return file != null;
    }

    /** Returns whether events are printed. */
    boolean prints() {
        return !noPrint;
    }

    /**
     * Refuses option sets that make no sense, before a capture is opened.
     *
     * @throws ParameterException whose message says what to do
     */
    void check(CommandLine command) {
        if (file == null && (force || noPrint)) {
            throw new ParameterException(command, (force ? "--force" : "--no-print") + " is for --record");
        }
        if (file != null && !force && Files.exists(file)) {
            throw new ParameterException(command, "--record: " + file + " exists; --force replaces it");
        }
    }

    /** Starts the recording, if one is wanted. */
    Recording open(Capture capture) {
        return file == null ? Recording.none() : Recording.of(capture, file, force);
    }
}
