// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import dev.unraced.driver.Capture;
import dev.unraced.driver.CaptureException;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterMethod;

/** The rules of Reactive Streams for publishers, by their own kit. */
public class CapturePublisherTckTest extends FlowPublisherVerification<SyscallEvent> {
    /** For what must come. */
    private static final long PATIENCE_MILLIS = 10_000;
    /** For what must not come. */
    private static final long SILENCE_MILLIS = 50;
    /** How often it looks for what must come. */
    private static final long POLL_MILLIS = 100;
    /** How long it gives the garbage collector. */
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
            // Now it has failed.
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
