// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import java.util.Map;

/**
 * A source of merged events. Implementations are stateless and thread-safe. A driver that cannot run here reports this
 * by {@link #availability}, never by failing to load.
 */
public interface Driver {

    /** Returns the name that the configuration selects: lower case, unique among the drivers on the class path. */
    String name();

    /**
     * Returns whether a capture could be opened here and now, found by trying it. May take some hundred milliseconds,
     * leaves nothing behind, and never throws.
     *
     * @param config the settings of the driver's prerequisites, such as the path of a library
     */
    Availability availability(CaptureConfig config);

    /**
     * Returns whether {@link #open} fails wherever {@link #availability} would say no. Then a capture is opened at
     * once, and {@link #availability} is asked only when that failed. This is worthwhile where asking takes as long as
     * opening.
     */
    default boolean isProvedByOpening() {
        return false;
    }

    /** Returns the capabilities of the driver; each lacking capability is declared with a reason. */
    Capabilities capabilities();

    /**
     * Returns the capabilities under a configuration, for drivers whose source depends on the configuration.
     *
     * @param config the settings of the driver's source, such as a server's address
     */
    default Capabilities capabilities(CaptureConfig config) {
        return capabilities();
    }

    /**
     * Returns notes for people on how a capture would work here: lines of text by topic. Callers ask only a driver that
     * is available.
     *
     * @param config the configuration of that capture
     */
    default Map<String, String> notes(CaptureConfig config) {
        return Map.of();
    }

    /**
     * Starts a capture. Once this returns, every watched call that enters is captured.
     *
     * @throws CaptureException when it cannot start; its message names the missing prerequisite and how to get it
     */
    Capture open(CaptureConfig config);
}
