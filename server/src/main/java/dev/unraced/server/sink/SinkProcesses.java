// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.sink;

import dev.unraced.config.CaptureConfig;
import dev.unraced.process.ContainerNames;
import dev.unraced.process.ProcessTable;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** The table of processes that a sink keeps. */
public final class SinkProcesses {
    /** The runtime of the node is asked once for all sinks of a configuration. */
    private static final Map<CaptureConfig, ContainerNames> NAMES = Collections.synchronizedMap(new WeakHashMap<>());

    private SinkProcesses() {}

    /**
     * Returns a new table, which names users where their ids are this machine's, and containers where the configuration
     * says so; null without process events.
     */
    public static @Nullable ProcessTable table(CaptureConfig config) {
        return config.processEvents()
                ? ProcessTable.of(config.drivers(), NAMES.computeIfAbsent(config, ContainerNames::of))
                : null;
    }

    /** Returns a table as {@link #table} does, which does not name containers. */
    public static @Nullable ProcessTable tableOfIds(CaptureConfig config) {
        return config.processEvents() ? ProcessTable.of(config.drivers()) : null;
    }
}
