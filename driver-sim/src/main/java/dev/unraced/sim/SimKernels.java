// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.sim.demo.Demo;
import dev.unraced.sim.demo.Uptime;
import java.util.List;

/** The kernels that configuration can name. All users of this object share the stage. */
final class SimKernels {
    /** The kernel on which programs run as long as it is watched. */
    static final String DEMO = "demo";
    /** The kernel for the conformance kit's actors. */
    static final String STAGE = "stage";

    static final List<String> NAMES = List.of(DEMO, STAGE);

    private final SimKernel stage = SimKernel.create();

    SimKernel stage() {
        return stage;
    }

    /** Returns the kernel of one of the {@link #NAMES}; the demonstration gets a new kernel each time. */
    Watched named(String name) {
        return switch (name) {
            case DEMO -> demo();
            case STAGE -> Watched.quiet(stage);
            default -> throw new IllegalArgumentException("no simulated kernel is named " + name);
        };
    }

    private static Watched demo() {
        SimKernel kernel = SimKernel.upFor(Uptime.ofThisMachine());
        Demo demo = new Demo(kernel);
        return new Watched(kernel, demo::start, demo::stop);
    }
}
