// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

/**
 * A connect from the moment that the kernel has its copy of the address. It is over at once, or waits until another
 * step lets it go on. Not thread-safe, like the network.
 */
public interface ConnectAttempt {
    /** 0 or a negated errno; of a connect that waits, nothing to rely on. */
    int result();

    /** Whether the connect still waits. */
    boolean waits();

    /** Whether a connect that waits has something to go on with; false once it is over. */
    boolean canGoOn();

    /** Goes on, after which it is over, or waits again because another was faster. */
    void goOn();

    /**
     * Interrupts a connect that waits, as a signal does.
     *
     * @return the result of the call, -ERESTARTSYS: {@code sock_intr_errno} without a time-out
     */
    int abandon();
}
