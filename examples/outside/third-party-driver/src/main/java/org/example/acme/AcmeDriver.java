// SPDX-License-Identifier: Apache-2.0
package org.example.acme;

import com.google.inject.Inject;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Availability;
import dev.unraced.driver.Capabilities;
import dev.unraced.driver.Capture;
import dev.unraced.driver.Driver;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;

/**
 * Watches an {@link AcmeMachine}.
 *
 * <p>It adapts a capture that is there already. A driver with a source of its own writes records with {@code
 * RecordEncoder} into a {@code RingWriter}. It keeps arguments in an {@code ArgStash}, and gets its capture from {@code
 * RingCapture}. Then it keeps the kit's rules about consumers, order and closing without further code.
 */
public final class AcmeDriver implements Driver {
    static final String NAME = "acme";

    /** The declared capabilities: for each that is missing, the kit skips its rules and prints the reason. */
    private static final Capabilities CAPABILITIES =
            Capabilities.complete()
                    .without(Mitigation.KERNEL, "Acme's machine keeps its copies to itself")
                    .without(Feature.SEVERAL_PROCESSES, "Acme's machine lives in the process that made it");

    private final AcmeMachine machine;

    @Inject
    AcmeDriver(AcmeMachine machine) {
        this.machine = machine;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        return new Availability.Available();
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Capture open(CaptureConfig config) {
        CAPABILITIES.require(config.mitigation(), NAME);
        return new AcmeCapture(machine.kernel().capture(config), CAPABILITIES);
    }
}
