// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ResultFilter;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventView;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;

/** Prints which program opened the password file. */
public final class ProgramAgent implements EventHandler {
    private static final ByteString WATCHED = ByteString.utf8("/etc/shadow");

    private final ProcessTable programs = new ProcessTable();

    /** Runs until the capture ends or the process does. */
    public static void main(String[] args) {
        CaptureConfig config = CaptureConfig.builder()
                .mitigation(Mitigation.STASH)
                .syscalls(Syscall.OPEN, Syscall.OPENAT, Syscall.OPENAT2)
                .result(ResultFilter.SUCCEEDED)
                .processEvents(true)
                .build();
        try (Capture capture = Capture.open(config)) {
            capture.consume(new ProgramAgent());
        }
    }

    /** Process events come in order with the events of calls, so the table is up to date at each call. */
    @Override
    public void onProcess(ProcessView event) {
        programs.update(event);
    }

    @Override
    public void onEvent(EventView event) {
        if (event.resolvedPath().contentEquals(WATCHED)) { // compares in place, and allocates nothing
            ProcessImage image = programs.imageOf(event);
            System.out.println(WATCHED + " by "
                    + (image == null
                            ? "process " + event.tgid() + ", " + programs.absenceOf(event)
                            : image.program().commandLine()));
        }
    }
}
