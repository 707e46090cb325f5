// SPDX-License-Identifier: Apache-2.0
package org.example.acme;

import dev.unraced.sim.SimKernel;

/** What this driver watches: somewhere that calls are made, with a way to watch them. Here it is a simulated kernel. */
public final class AcmeMachine {
    private final SimKernel kernel = SimKernel.create();

    SimKernel kernel() {
        return kernel;
    }
}
