// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

/** A source whose producer is a thread of this process: its reader sleeps on a {@link UserDoorbell}. */
public abstract class UserSource implements RingSource {
    private final UserDoorbell doorbell = new UserDoorbell();

    /** Returns the bell that the producer rings after it has written. */
    protected final UserDoorbell doorbell() {
        return doorbell;
    }

    @Override
    public final void arm() {
        doorbell.arm();
    }

    @Override
    public final void disarm() {
        doorbell.disarm();
    }

    @Override
    public final void await(long nanos) {
        doorbell.await(nanos);
    }

    @Override
    public final void wake() {
        doorbell.wake();
    }
}
