// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.remote.v1.Delivery;
import dev.unraced.remote.v1.SubscribeRequest;
import dev.unraced.remote.v1.UnracedGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One stream of deliveries, from its request to its end. The transport puts them into a queue, and sends as many more
 * as were taken out and done with: the server's flow follows the consumer's.
 */
final class Subscription implements ClientResponseObserver<SubscribeRequest, Delivery> {
    /** Deliveries on their way at a time. */
    private static final int AHEAD = 4;

    private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<SubscribeRequest> call;

    /**
     * What the transport brings.
     *
     * @param delivery null at the end
     * @param end how it ended, null before
     */
    record Item(@Nullable Delivery delivery, @Nullable Status end) {}

    /** Begins a stream. */
    static Subscription begin(ManagedChannel channel, SubscribeRequest request) {
        Subscription subscription = new Subscription();
        UnracedGrpc.newStub(channel).subscribe(request, subscription);
        return subscription;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
        call = stream;
        stream.disableAutoRequestWithInitial(AHEAD);
    }

    /** The next thing that comes; waits for it. */
    Item take() throws InterruptedException {
        return items.take();
    }

    /** A delivery is done with: another one may come. */
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
