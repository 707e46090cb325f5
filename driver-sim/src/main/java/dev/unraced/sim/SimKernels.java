// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.driver.CaptureException;

/** The kernels that configuration can name. Those that were discovered together share the stage. */
final class SimKernels {
    /** Does something all the time while it is watched. */
    static final String DEMO = "demo";
    /** Where the conformance kit's actors play. */
    static final String STAGE = "stage";

    private final SimKernel stage = SimKernel.create();

    SimKernel stage() {
        return stage;
    }

    /**
     * The kernel of a name.
     *
     * @throws CaptureException when there is none
     */
    SimKernel named(String name) {
        return switch (name) {
            case DEMO -> SimKernel.create();
            case STAGE -> stage;
            default ->
                throw new CaptureException("driver sim: no simulated kernel is named " + name
                        + "; unraced.sim.kernel is " + DEMO + " or " + STAGE);
        };
    }
}
