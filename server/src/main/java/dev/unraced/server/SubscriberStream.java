// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import dev.unraced.protocol.v1.Delivery;
import dev.unraced.server.broadcast.Subscription;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A subscriber's stream of deliveries. */
final class SubscriberStream implements Subscription.Transport {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriberStream.class);
    /** The most bytes on their way to the transport; more would only be memory for a peer that does not read. */
    private static final int READY_BYTES = 256 << 10;

    private final ServerCallStreamObserver<Delivery> stream;
    private final Runnable leave;
    private final AtomicBoolean left = new AtomicBoolean();
    private final AtomicReference<@Nullable Runnable> gone = new AtomicReference<>();
    private volatile @Nullable Runnable ready;

    /**
     * Makes a transport over a stream whose call has just begun.
     *
     * @param leave run once, when the stream has ended in any way
     */
    SubscriberStream(ServerCallStreamObserver<Delivery> stream, Runnable leave) {
        this.stream = stream;
        this.leave = leave;
        stream.setOnReadyThreshold(READY_BYTES);
        stream.setOnCancelHandler(this::end);
        stream.setOnCloseHandler(this::end);
        stream.setOnReadyHandler(() -> {
            Runnable handler = ready;
            if (handler != null) {
                handler.run();
            }
        });
    }

    void readyHandler(Runnable handler) {
        ready = handler;
    }

    /** Runs an action once the stream has ended; at once if it has ended already. */
    void whenGone(Runnable action) {
        gone.set(action);
        if (left.get()) {
            runOnce();
        }
    }

    private void end() {
        if (left.compareAndSet(false, true)) {
            leave.run();
        }
        runOnce();
    }

    private void runOnce() {
        Runnable action = gone.getAndSet(null);
        if (action != null) {
            action.run();
        }
    }

    @Override
    public boolean isReady() {
        return stream.isReady();
    }

    @Override
    public boolean isCancelled() {
        return stream.isCancelled();
    }

    @Override
    public void send(Delivery delivery) {
        stream.onNext(delivery);
    }

    @Override
    public void complete() {
        stream.onCompleted();
        end();
    }

    @Override
    public void fail(Throwable reason) {
        try {
            stream.onError(
                    reason instanceof StatusRuntimeException
                            ? reason
                            : Status.UNAVAILABLE
                                    .withDescription(reason.getMessage())
                                    .asRuntimeException());
        } catch (RuntimeException e) {
            // The stream was broken already, so it cannot report the failure.
            LOG.trace("A stream that is gone cannot be told why", e);
        }
        end();
    }
}
