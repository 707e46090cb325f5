// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ResultFilter;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventView;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.process.EventProcess;

/** Prints which program opened the password file, and who started it. */
public final class ProgramAgent {
    private static final ByteString WATCHED = ByteString.utf8("/etc/shadow");

    /** Runs until the capture ends or the process does. */
    public static void main(String[] args) {
        CaptureConfig config = CaptureConfig.builder()
                .mitigation(Mitigation.STASH)
                .syscalls(Syscall.OPEN, Syscall.OPENAT, Syscall.OPENAT2)
                .result(ResultFilter.SUCCEEDED)
                .processEvents(true)
                .build();
        try (Capture capture = Capture.open(config)) {
            capture.consume(ProgramAgent::report);
        }
    }

    private static void report(EventView event) {
        if (event.resolvedPath().contentEquals(WATCHED)) { // compares in place, and allocates nothing
            EventProcess process = event.process(); // the program that made the call, or "unknown (NOT_SEEN)"
            System.out.println(WATCHED + " by " + process + ": " + process.commandLine());
            process.ancestors().forEach(each -> System.out.println("  started by " + each.comm()));
        }
    }
}
