// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.rules.ConnectConformance;
import dev.unraced.conformance.rules.OpenConformance;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Checks the rules of every entry point with the programs on perf events, as kernels from 7.0 on need them. The oldest
 * JDK alone runs this, since the difference is in the kernel.
 */
@EnabledForJreRange(max = JRE.JAVA_17)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventsTest implements DriverUnderTest {

    @Override
    public Driver driver() {
        return new EbpfDriver();
    }

    @Override
    public CaptureConfigBuilder config() {
        return DriverUnderTest.super.config().set("unraced.ebpf.tracepoints", "events");
    }

    @Nested
    class Open extends OpenConformance {}

    @Nested
    class Connect extends ConnectConformance {}
}
