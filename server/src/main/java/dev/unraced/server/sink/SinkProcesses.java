// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.sink;

import dev.unraced.config.CaptureConfig;
import dev.unraced.process.ProcessTable;
import org.jspecify.annotations.Nullable;

/** The table of processes that a sink keeps. */
public final class SinkProcesses {
    private SinkProcesses() {}

    /** Returns a new table, which names users where their ids are this machine's; null without process events. */
    public static @Nullable ProcessTable table(CaptureConfig config) {
        return config.processEvents() ? ProcessTable.of(config.drivers()) : null;
    }
}
