// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.rules.LifecycleConformance;
import dev.unraced.conformance.rules.OrderConformance;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** Checks the rules about the stream, with a ring for each CPU. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RingPerCpuTest implements DriverUnderTest {

    @Override
    public Driver driver() {
        return new EbpfDriver();
    }

    @Override
    public CaptureConfigBuilder config() {
        return DriverUnderTest.super.config().set("unraced.ebpf.rings", "per-cpu");
    }

    @Nested
    class Order extends OrderConformance {}

    @Nested
    class Lifecycle extends LifecycleConformance {}
}
