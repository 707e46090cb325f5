// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import dev.unraced.protocol.v1.Delivery;
import java.util.Queue;

/**
 * A subscriber who is always ready, and whose deliveries go to a queue.
 *
 * @param deliveries gets each delivery
 */
record QueueTransport(Queue<Delivery> deliveries) implements Subscription.Transport {
    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public void send(Delivery delivery) {
        deliveries.add(delivery);
    }

    @Override
    public void complete() {}

    @Override
    public void fail(Throwable reason) {}
}
