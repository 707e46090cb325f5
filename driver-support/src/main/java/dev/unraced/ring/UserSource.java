// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

/** A source whose producer is a thread of this process: its reader sleeps on a {@link UserWakeupNotifier}. */
public abstract class UserSource implements RingSource {
    private final UserWakeupNotifier notifier = new UserWakeupNotifier();

    /** Returns the notifier that the producer calls after it has written. */
    protected final UserWakeupNotifier notifier() {
        return notifier;
    }

    @Override
    public final void arm() {
        notifier.arm();
    }

    @Override
    public final void disarm() {
        notifier.disarm();
    }

    @Override
    public final void await(long nanos) {
        notifier.await(nanos);
    }

    @Override
    public final void wake() {
        notifier.wake();
    }
}
