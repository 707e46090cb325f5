// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.harness.Stoppable;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** All rules, for a driver that the code launching JUnit lends. JUnit passes only text, so the text is a key. */
@ExtendWith(GivenSuite.ByKey.class)
final class GivenSuite extends ConformanceSuite implements Stoppable {
    static final String KEY_PARAMETER = "conformance.given";

    private static final Map<String, Lent> LENT = new ConcurrentHashMap<>();
    private static final AtomicLong KEYS = new AtomicLong();

    private final DriverUnderTest given;
    private final StopRequest stop;

    GivenSuite(Lent lent) {
        this.given = lent.under();
        this.stop = lent.stop();
    }

    /** A run lends this to its suite. */
    record Lent(DriverUnderTest under, StopRequest stop) {}

    /** Stores a driver, and returns the key by which a run finds it. */
    static String lend(DriverUnderTest under, StopRequest stop) {
        String key = Long.toString(KEYS.incrementAndGet());
        LENT.put(key, new Lent(under, stop));
        return key;
    }

    static void takeBack(String key) {
        LENT.remove(key);
    }

    @Override
    public boolean isStopping() {
        return stop.isRequested();
    }

    @Override
    public Driver driver() {
        return given.driver();
    }

    @Override
    public CaptureConfigBuilder config() {
        return given.config();
    }

    @Override
    public Actor actor() {
        return given.actor();
    }

    @Override
    public Duration patience() {
        return given.patience();
    }

    @Override
    public Duration stall() {
        return given.stall();
    }

    @Override
    public double intensity() {
        return given.intensity();
    }

    /** Finds the driver by its key. */
    static final class ByKey implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Lent.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            String key = context.getConfigurationParameter(KEY_PARAMETER).orElseThrow();
            return Objects.requireNonNull(LENT.get(key), "no driver was lent");
        }
    }
}
