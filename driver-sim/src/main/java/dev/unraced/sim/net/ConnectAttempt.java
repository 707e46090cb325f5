// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import dev.unraced.linux.Errno;

/**
 * A connect from the moment that the kernel has its copy of the address. It ends at once, or waits until another step
 * lets it go on. Not thread-safe, like the network.
 */
public sealed class ConnectAttempt permits TcpConnect, UnixConnect {
    int result;
    boolean waits;

    /** Makes a connect that ended at once, unless a subclass has it wait. */
    ConnectAttempt(int result) {
        this.result = result;
    }

    /** 0 or a negated errno; undefined while the connect waits. */
    public final int result() {
        return result;
    }

    /** Returns whether the connect still waits. */
    public final boolean waits() {
        return waits;
    }

    /** Returns whether a waiting connect can go on now; false once it is over. */
    public final boolean canGoOn() {
        return waits && isAwaitedThere();
    }

    /** Goes on. Afterwards the connect is over, or waits again because another connect was faster. */
    public final void goOn() {
        if (!canGoOn()) {
            throw new IllegalStateException("this connect has nothing to go on with");
        }
        proceed();
    }

    /**
     * Interrupts a waiting connect, as a signal does. A connection under way goes on.
     *
     * @return the result of the call, -ERESTARTSYS: {@code sock_intr_errno} without a time-out
     */
    public final int abandon() {
        waits = false;
        result = -Errno.ERESTARTSYS;
        return result;
    }

    /** Returns whether that for which the connect waits has come. */
    boolean isAwaitedThere() {
        return false;
    }

    /** Sets the result, and whether the connect waits again. */
    void proceed() {}
}
