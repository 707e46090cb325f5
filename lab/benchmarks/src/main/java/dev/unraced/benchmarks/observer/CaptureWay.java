// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.observer;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import java.util.List;
import java.util.Map;

/**
 * A way to capture, whose cost is measured beside others.
 *
 * @param name its name on the command line
 * @param driver name of the driver
 * @param settings that differ from the driver's defaults
 */
public record CaptureWay(String name, String driver, Map<String, Object> settings) {
    private static final String MITIGATION = "unraced.mitigation";
    private static final String HOOKS = "unraced.ebpf.hooks";
    private static final String MODULE_HOOKS = "unraced.kmod.hooks";
    private static final String SNAPSHOTS = "unraced.ebpf.snapshots";
    private static final String INTEGRITY = "unraced.integrity";

    /** All ways, the default first. */
    public static final List<CaptureWay> ALL = List.of(
            ebpf("stash", Map.of(MITIGATION, "stash")),
            ebpf("stash-unchecked", Map.of(MITIGATION, "stash", INTEGRITY, false)),
            ebpf("off", Map.of(MITIGATION, "off")),
            ebpf("kernel", Map.of(MITIGATION, "kernel")),
            ebpf("kernel-unchecked", Map.of(MITIGATION, "kernel", INTEGRITY, false)),
            ebpf("kernel-kprobe", Map.of(MITIGATION, "kernel", "unraced.ebpf.copies", "kprobe")),
            ebpf("enter-events", Map.of("unraced.enter-events", true)),
            ebpf("process-events", Map.of("unraced.process-events", true)),
            ebpf("function", Map.of(HOOKS, "function")),
            ebpf("function-kernel", Map.of(HOOKS, "function", MITIGATION, "kernel")),
            ebpf("function-kernel-alone", Map.of(HOOKS, "function", MITIGATION, "kernel", SNAPSHOTS, "off")),
            ebpf("tracepoint", Map.of(HOOKS, "tracepoint")),
            ebpf("native-only", Map.of(HOOKS, "tracepoint", "unraced.ebpf.compat", "off")),
            ebpf("perf-events", Map.of(HOOKS, "tracepoint", "unraced.ebpf.tracepoints", "events")),
            ebpf("task-storage", Map.of("unraced.ebpf.stash", "task-storage")),
            ebpf("ring-per-cpu", Map.of("unraced.ebpf.rings", "per-cpu")),
            kmod("kmod-stash", Map.of(MITIGATION, "stash")),
            kmod("kmod-stash-unchecked", Map.of(MITIGATION, "stash", INTEGRITY, false)),
            kmod("kmod-off", Map.of(MITIGATION, "off")),
            kmod("kmod-kernel", Map.of(MITIGATION, "kernel")),
            kmod("kmod-kernel-unchecked", Map.of(MITIGATION, "kernel", INTEGRITY, false)),
            kmod("kmod-enter-events", Map.of("unraced.enter-events", true)),
            kmod("kmod-function", Map.of(MODULE_HOOKS, "function")),
            kmod("kmod-function-kernel", Map.of(MODULE_HOOKS, "function", MITIGATION, "kernel")),
            kmod("kmod-tracepoint", Map.of(MODULE_HOOKS, "tracepoint")),
            kmod("kmod-tracepoint-kernel", Map.of(MODULE_HOOKS, "tracepoint", MITIGATION, "kernel")),
            kmod("kmod-ring-per-cpu", Map.of("unraced.kmod.rings", "per-cpu")));

    private static CaptureWay ebpf(String name, Map<String, Object> settings) {
        return new CaptureWay(name, "ebpf", settings);
    }

    private static CaptureWay kmod(String name, Map<String, Object> settings) {
        return new CaptureWay(name, "kmod", settings);
    }

    public CaptureConfig config() {
        CaptureConfigBuilder builder = CaptureConfig.builder().driver(driver);
        settings.forEach(builder::set);
        return builder.build();
    }
}
