// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.config.CaptureConfig;

/**
 * Stands for a driver on the class path whose constructor failed, so that it shows among the others with its reason.
 *
 * @param name the name it was bound under
 * @param cause what went wrong
 */
record UnloadableDriver(String name, Throwable cause) implements Driver {

    @Override
    public Availability availability(CaptureConfig config) {
        return new Availability.Inconclusive(reason());
    }

    @Override
    public Capabilities capabilities() {
        Capabilities none = Capabilities.complete();
        for (var capability : Capabilities.all()) {
            none = none.without(capability, reason());
        }
        return none;
    }

    @Override
    public Capture open(CaptureConfig config) {
        throw new CaptureException("Driver " + name + ": " + reason(), cause);
    }

    private String reason() {
        return "it could not be created, " + cause;
    }
}
