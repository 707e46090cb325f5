// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.driver.Driver;
import dev.unraced.ebpf.EbpfDriver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Runs every rule of {@code docs/spec.md} over the wire, with the running kernel behind the server. It takes minutes,
 * so it runs only on the oldest Java: the wire is the same on all, and the simulator's run covers the others.
 */
@EnabledForJreRange(max = JRE.JAVA_17)
class RemoteEbpfConformanceTest extends ConformanceSuite {
    private final Served served =
            Served.own(new EbpfDriver(), () -> CaptureConfig.builder().driver(EbpfDriver.NAME));

    @Override
    public Driver driver() {
        return new RemoteDriver(() -> config().build());
    }

    @Override
    public CaptureConfigBuilder config() {
        return served.client().set("remote.own-capture", true);
    }

    /** The attacks are on the programs in the kernel, and EbpfConformanceTest plays them in full; here is the wire. */
    @Override
    public double intensity() {
        return 0.25;
    }

    @AfterAll
    void close() {
        served.close();
    }
}
