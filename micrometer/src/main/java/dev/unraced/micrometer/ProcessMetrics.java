// SPDX-License-Identifier: Apache-2.0
package dev.unraced.micrometer;

import dev.unraced.process.ProcessTable;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Binds the counts of a table of processes to a registry, as the meters that {@link ProcessMeter} lists. An event costs
 * nothing extra: the counts are read when the registry asks. The registry keeps the table reachable.
 */
public final class ProcessMetrics implements MeterBinder {
    private final ProcessTable table;
    private final Tags tags;

    /** Makes metrics of a table, with tags that tell it from others. */
    public ProcessMetrics(ProcessTable table, Iterable<Tag> tags) {
        this.table = table;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (ProcessMeter meter : ProcessMeter.values()) {
            // A registry has only a weak reference to the measured object, so the function holds it.
            if (meter.getType() == Meter.Type.COUNTER) {
                FunctionCounter.builder(meter.getName(), meter, each -> each.of(table))
                        .description(meter.description())
                        .tags(tags)
                        .register(registry);
            } else {
                Gauge.builder(meter.getName(), meter, each -> each.of(table))
                        .description(meter.description())
                        .tags(tags)
                        .register(registry);
            }
        }
    }
}
