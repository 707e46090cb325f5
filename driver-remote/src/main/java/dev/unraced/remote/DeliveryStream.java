// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.protocol.v1.Delivery;
import dev.unraced.protocol.v1.SubscribeRequest;
import dev.unraced.protocol.v1.UnracedGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One stream of deliveries, from its request to its end. The transport puts deliveries into a queue, and requests a
 * further one for each that the consumer has finished with. So the server's flow follows the consumer's.
 */
final class DeliveryStream implements ClientResponseObserver<SubscribeRequest, Delivery> {
    /** The number of deliveries that may be on their way. */
    private static final int AHEAD = 4;

    private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<SubscribeRequest> call;

    /**
     * A message of the transport.
     *
     * @param delivery null at the end
     * @param end the final status, null before the end
     */
    record Item(@Nullable Delivery delivery, @Nullable Status end) {}

    /** Begins a stream. */
    static DeliveryStream begin(ManagedChannel channel, SubscribeRequest request) {
        DeliveryStream deliveries = new DeliveryStream();
        UnracedGrpc.newStub(channel).subscribe(request, deliveries);
        return deliveries;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
        call = stream;
        stream.disableAutoRequestWithInitial(AHEAD);
    }

    /** Waits for the next item, and returns it. */
    Item take() throws InterruptedException {
        return items.take();
    }

    /** Finishes with a delivery, so that another one may come. */
    void done() {
        if (call != null) {
            call.request(1);
        }
    }

    @Override
    public void onNext(Delivery delivery) {
        items.add(new Item(delivery, null));
    }

    @Override
    public void onError(Throwable error) {
        items.add(new Item(null, Status.fromThrowable(error)));
    }

    @Override
    public void onCompleted() {
        items.add(new Item(null, Status.OK));
    }
}
