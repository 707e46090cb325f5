// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import com.google.inject.Inject;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.driver.DriverModule;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;

/** Puts a driver on the class path that lacks most and opens nothing. */
public final class FakeDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver("fake", Discovered.class);
    }

    static final class Discovered implements Driver {

        @Inject
        Discovered() {}

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public Availability availability(CaptureConfig config) {
            return new Availability.Available();
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.complete()
                    .without(Syscall.OPENAT, "this one watches other calls")
                    .without(Syscall.CONNECT, "this one watches other calls")
                    .without(Mitigation.STASH, "this one keeps nothing");
        }

        @Override
        public Capture open(CaptureConfig config) {
            throw new CaptureException("a fake captures nothing");
        }
    }
}
