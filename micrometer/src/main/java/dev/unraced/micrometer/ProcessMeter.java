// SPDX-License-Identifier: Apache-2.0
package dev.unraced.micrometer;

import dev.unraced.process.ProcessTable;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;

/** The meters of a table of processes. Counters count since the table was made. */
public enum ProcessMeter implements MeterDocumentation {
    /** Processes in the table; see {@link ProcessTable#known}. */
    KNOWN("unraced.processes", Meter.Type.GAUGE, "Processes that the table knows"),
    /** Ended processes that the table has given up; see {@link ProcessTable#forgotten}. */
    FORGOTTEN("unraced.processes.forgotten", Meter.Type.COUNTER, "Processes given up some time after their end"),
    /** Processes that the table has given up for others; see {@link ProcessTable#evicted}. */
    EVICTED("unraced.processes.evicted", Meter.Type.COUNTER, "Processes given up for others, since there was no room"),
    /** Images without arguments and all ancestors; see {@link ProcessTable#shortened}. */
    SHORTENED(
            "unraced.processes.shortened",
            Meter.Type.COUNTER,
            "Images kept without arguments and all ancestors, since they take much memory"),
    /** Process events of ids that no process has; see {@link ProcessTable#refused}. */
    REFUSED("unraced.processes.refused", Meter.Type.COUNTER, "Process events of an id that no process has"),
    /** Cgroups that the table has given up; see {@link ProcessTable#evictedCgroups}. */
    CGROUPS_EVICTED("unraced.cgroups.evicted", Meter.Type.COUNTER, "Cgroups whose paths were given up for others");

    private final String name;
    private final Meter.Type type;
    private final String description;

    ProcessMeter(String name, Meter.Type type, String description) {
        this.name = name;
        this.type = type;
        this.description = description;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    /** Returns the description for people. */
    public String description() {
        return description;
    }

    double of(ProcessTable table) {
        return switch (this) {
            case KNOWN -> table.known();
            case FORGOTTEN -> table.forgotten();
            case EVICTED -> table.evicted();
            case SHORTENED -> table.shortened();
            case REFUSED -> table.refused();
            case CGROUPS_EVICTED -> table.evictedCgroups();
        };
    }
}
