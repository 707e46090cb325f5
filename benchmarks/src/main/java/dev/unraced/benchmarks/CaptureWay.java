// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import java.util.List;
import java.util.Map;

/**
 * A way to capture, whose cost is measured beside others.
 *
 * @param name what it is asked for by
 * @param settings that differ from the defaults of the driver
 */
record CaptureWay(String name, Map<String, Object> settings) {
    private static final String MITIGATION = "unraced.mitigation";
    private static final String INTEGRITY = "unraced.integrity";

    /** All that there are, the default first. */
    static final List<CaptureWay> ALL = List.of(
            new CaptureWay("stash", Map.of(MITIGATION, "stash")),
            new CaptureWay("stash-unchecked", Map.of(MITIGATION, "stash", INTEGRITY, false)),
            new CaptureWay("off", Map.of(MITIGATION, "off")),
            new CaptureWay("kernel", Map.of(MITIGATION, "kernel")),
            new CaptureWay("kernel-unchecked", Map.of(MITIGATION, "kernel", INTEGRITY, false)),
            new CaptureWay("enter-events", Map.of("unraced.enter-events", true)),
            new CaptureWay("native-only", Map.of("unraced.ebpf.compat", "off")),
            new CaptureWay("ring-per-cpu", Map.of("unraced.ebpf.rings", "per-cpu")));

    CaptureConfig config() {
        CaptureConfigBuilder builder = CaptureConfig.builder().driver("ebpf");
        settings.forEach(builder::set);
        return builder.build();
    }
}
