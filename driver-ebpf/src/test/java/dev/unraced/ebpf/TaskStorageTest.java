// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.rules.StashConformance;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** Checks the rules about the stash, with a separate slot for each thread. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TaskStorageTest implements DriverUnderTest {

    @Override
    public Driver driver() {
        return new EbpfDriver();
    }

    @Override
    public CaptureConfigBuilder config() {
        return DriverUnderTest.super.config().set("unraced.ebpf.stash", "task-storage");
    }

    @Nested
    class Stash extends StashConformance {}
}
