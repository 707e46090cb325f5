// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import java.util.Locale;

/** A failed step of opening a capture, with its errno; {@link Diagnosis} finds the reason. */
final class KmodFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** The steps of opening. */
    enum Step {
        OPEN,
        CONFIGURE,
        MAP,
        SWITCH
    }

    private final transient Step step;
    private final int errno;

    KmodFailure(Step step, int errno) {
        super("the step " + step.name().toLowerCase(Locale.ROOT) + " failed with errno " + errno);
        this.step = step;
        this.errno = errno;
    }

    Step step() {
        return step;
    }

    /** Returns the positive errno. */
    int errno() {
        return errno;
    }
}
