// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import com.google.inject.Guice;
import com.google.inject.Inject;
import com.google.inject.Injector;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Syscall;
import dev.unraced.selection.UnracedModule;
import java.util.EnumMap;
import java.util.Map;

/** Counts calls that failed, in an application built with Guice. */
public final class GuiceAgent {
    private final Capture capture;

    @Inject
    GuiceAgent(Capture capture) {
        this.capture = capture;
    }

    /** Counts until the capture ends or is closed. */
    public Map<Syscall, Integer> countFailures() {
        Map<Syscall, Integer> failures = new EnumMap<>(Syscall.class);
        capture.consume(event -> {
            if (event.failed()) {
                failures.merge(event.syscall(), 1, Integer::sum);
            }
        });
        return failures;
    }

    /** Runs until the capture ends or the process does. */
    public static void main(String[] args) {
        Injector injector = Guice.createInjector(new UnracedModule(CaptureConfig.load()));
        // Guice never closes objects, so the code that knows the end closes the capture.
        try (Capture capture = injector.getInstance(Capture.class)) {
            System.out.println(
                    injector.getInstance(GuiceAgent.class).countFailures() + " failed, by " + capture.driver());
        }
    }
}
