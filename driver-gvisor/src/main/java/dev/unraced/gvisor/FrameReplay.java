// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.EventHandler;
import dev.unraced.ring.RingReader;
import dev.unraced.ring.RingWriter;

/** Merges frames that are at hand, without a sandbox: for benchmarks. One thread at a time. */
public final class FrameReplay {
    private final RingReader reader;
    private final Merger merger;
    private final Connection sandbox = new Connection(1, 0);

    /**
     * A replay for one sandbox.
     *
     * @throws dev.unraced.config.InvalidConfigException when a value of this driver's section is none that its key
     *     allows
     */
    public FrameReplay(CaptureConfig config) {
        GvisorSettings settings = GvisorSettings.of(config);
        RingWriter ring = new RingWriter(settings.ringBytes());
        reader = ring.reader();
        merger = new Merger(settings, new Publisher(ring, settings.filters(), new BootClock()));
        merger.begin(sandbox);
    }

    /** Merges a frame, which an array begins with. */
    public void accept(byte[] bytes, int length) {
        merger.accept(sandbox, bytes, length, 0);
    }

    /** Hands over the events that have become complete; gives their number. */
    public int poll(EventHandler handler) {
        return reader.poll(handler, Integer.MAX_VALUE);
    }
}
