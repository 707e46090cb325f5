// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.config.CaptureConfig;
import java.util.Map;

/**
 * A source of merged events. Implementations are stateless and thread-safe; a driver that cannot run here says so by
 * {@link #availability}, never by failing to load.
 */
public interface Driver {

    /** The name that configuration selects: lower case, unique among the drivers on the class path. */
    String name();

    /**
     * Whether a capture could be opened here and now, found by trying the real thing. May take some hundred
     * milliseconds, leaves nothing behind, and never throws.
     *
     * @param config where to look for what the driver needs, such as the path of a library
     */
    Availability availability(CaptureConfig config);

    /**
     * Whether {@link #open} fails wherever {@link #availability} would say no. Then a capture is opened at once, and
     * {@link #availability} asked only when that failed: worth it where asking takes as long as opening.
     */
    default boolean isProvedByOpening() {
        return false;
    }

    /** What the driver reports; everything that it does not is declared with a reason. */
    Capabilities capabilities();

    /**
     * What the driver reports under a configuration, for drivers whose configuration says which source it is.
     *
     * @param config where to look for what the driver needs, such as a server's address
     */
    default Capabilities capabilities(CaptureConfig config) {
        return capabilities();
    }

    /**
     * What people may want to know of how a capture would work here: lines of text, by what each is about. Asked of a
     * driver that is available.
     *
     * @param config under which it would
     */
    default Map<String, String> notes(CaptureConfig config) {
        return Map.of();
    }

    /**
     * Starts a capture. When this returns, every watched call that enters is captured.
     *
     * @throws CaptureException when it cannot start; its message says what is missing and how to get it
     */
    Capture open(CaptureConfig config);
}
