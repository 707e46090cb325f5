// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

/** A connect that ended at once. */
record Concluded(int result) implements ConnectAttempt {
    @Override
    public boolean waits() {
        return false;
    }

    @Override
    public boolean canGoOn() {
        return false;
    }

    @Override
    public void goOn() {
        throw new IllegalStateException("this connect is over: " + result);
    }

    @Override
    public int abandon() {
        throw new IllegalStateException("this connect is over: " + result);
    }
}
