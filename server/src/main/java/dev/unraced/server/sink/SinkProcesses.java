// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.sink;

import dev.unraced.config.CaptureConfig;
import dev.unraced.process.ProcessTable;
import dev.unraced.process.UserNames;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table of processes that a sink keeps. */
public final class SinkProcesses {
    /** The drivers whose user ids are surely those of this machine. */
    private static final Set<String> LOCAL = Set.of("ebpf", "kmod");

    private SinkProcesses() {}

    /** Returns a new table, which names users where their ids are this machine's; null without process events. */
    public static @Nullable ProcessTable table(CaptureConfig config) {
        if (!config.processEvents()) {
            return null;
        }
        return LOCAL.containsAll(config.drivers()) ? new ProcessTable(UserNames.ofThisMachine()) : new ProcessTable();
    }
}
