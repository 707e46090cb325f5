// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.SyscallEvent;
import dev.unraced.flow.CapturePublisher;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Prints created files, as a subscriber that asks for events in portions. */
public final class ReactiveAgent implements Subscriber<SyscallEvent> {
    private static final int PORTION = 64;

    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private @Nullable Subscription subscription;
    private int left;

    /** Runs until the capture ends or the process does. */
    public static void main(String[] args) {
        try (Capture capture = Capture.open(CaptureConfig.load())) {
            ReactiveAgent agent = new ReactiveAgent();
            CapturePublisher.of(capture).subscribe(agent);
            agent.end.join();
        }
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        ask();
    }

    @Override
    public void onNext(SyscallEvent event) {
        if (event instanceof OpenEvent open) {
            open.file().filter(OpenedFile::created).ifPresent(file -> System.out.println("created: " + file.path()));
        }
        if (--left == 0) {
            ask();
        }
    }

    private void ask() {
        if (subscription != null) {
            left = PORTION;
            subscription.request(PORTION);
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        end.complete(null);
    }
}
