// SPDX-License-Identifier: Apache-2.0
package org.example.acme;

import dev.unraced.sim.SimKernel;

/** The machine that this driver watches: a place where calls are made. Here it is a simulated kernel. */
public final class AcmeMachine {
    private final SimKernel kernel = SimKernel.create();

    SimKernel kernel() {
        return kernel;
    }
}
