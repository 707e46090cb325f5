// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.ring.RingReader;
import dev.unraced.ring.RingWriter;

/** Merges given frames without a sandbox, for benchmarks. One thread at a time. */
public final class FrameReplay {
    private final RingReader reader;
    private final Merger merger;
    private final Connection sandbox = new Connection(1, 0);

    /**
     * Makes a replay for one sandbox.
     *
     * @throws dev.unraced.config.InvalidConfigException when this driver's section has a value that its key does not
     *     allow
     */
    public FrameReplay(CaptureConfig config) {
        GvisorSettings settings = GvisorSettings.of(config);
        RingWriter ring = new RingWriter(settings.ringBytes());
        reader = ring.reader();
        merger = new Merger(settings, new Publisher(ring, settings.filters(), new BootClock()));
        merger.begin(sandbox);
    }

    /** Merges the frame at the beginning of an array. */
    public void accept(byte[] bytes, int length) {
        merger.accept(sandbox, bytes, length, 0);
    }

    /** Passes the events that have become complete to a handler, and returns their number. */
    public int poll(EventHandler handler) {
        return reader.poll(handler, Integer.MAX_VALUE);
    }
}
