// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

/**
 * A connect from the moment that the kernel has its copy of the address. It ends at once, or waits until another step
 * lets it go on. Not thread-safe, like the network.
 */
public interface ConnectAttempt {
    /** 0 or a negated errno; undefined while the connect waits. */
    int result();

    /** Returns whether the connect still waits. */
    boolean waits();

    /** Returns whether a waiting connect can go on now; false once it is over. */
    boolean canGoOn();

    /** Goes on. Afterwards the connect is over, or waits again because another connect was faster. */
    void goOn();

    /**
     * Interrupts a waiting connect, as a signal does.
     *
     * @return the result of the call, -ERESTARTSYS: {@code sock_intr_errno} without a time-out
     */
    int abandon();
}
