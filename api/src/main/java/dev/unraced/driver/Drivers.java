// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.config.CaptureConfig;

/** The drivers at hand. */
public final class Drivers {
    private Drivers() {}

    /** Those on the class path. */
    public static Drivers discover() {
        return new Drivers();
    }

    /** Opens a capture with the first driver that the configuration names and that can run. */
    public Capture open(CaptureConfig config) {
        throw new CaptureException("no driver in " + config.drivers());
    }
}
