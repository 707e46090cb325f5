// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterMethod;

/** Checks the rules of Reactive Streams for publishers with their own kit. */
public class CapturePublisherTckTest extends FlowPublisherVerification<SyscallEvent> {
    /** The time to wait for expected signals. */
    private static final long PATIENCE_MILLIS = 10_000;
    /** The time to wait for unexpected signals. */
    private static final long SILENCE_MILLIS = 50;
    /** The interval of checks for expected signals. */
    private static final long POLL_MILLIS = 100;
    /** The time for the garbage collector. */
    private static final long GARBAGE_MILLIS = 500;

    private final List<Capture> captures = new ArrayList<>();

    public CapturePublisherTckTest() {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, POLL_MILLIS, false), GARBAGE_MILLIS);
    }

    @Override
    public Flow.Publisher<SyscallEvent> createFlowPublisher(long elements) {
        return CapturePublisher.of(kept(CountingSource.of(elements)));
    }

    @Override
    public Flow.Publisher<SyscallEvent> createFailedFlowPublisher() {
        CountingSource source = new CountingSource();
        source.fail(new IllegalStateException("the wire broke"));
        Capture capture = kept(source.capture());
        try {
            capture.poll(event -> {}, 1);
        } catch (CaptureException e) {
            // The capture has failed now.
        }
        return CapturePublisher.of(capture);
    }

    @AfterMethod
    public void closeCaptures() {
        captures.forEach(Capture::close);
        captures.clear();
    }

    private Capture kept(Capture capture) {
        captures.add(capture);
        return capture;
    }
}
