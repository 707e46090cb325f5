// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

/** An observer or a workload does not run here; the message says why. */
public final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    public Refused(String why) {
        super(why);
    }
}
