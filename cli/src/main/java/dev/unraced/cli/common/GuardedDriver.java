// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A driver of any author, whose defects end no command. Whatever it throws against its contract, errors of linkage
 * included, becomes a {@link CaptureException} that names the driver, what it threw, and the remedy.
 */
public final class GuardedDriver implements Driver {
    private final String name;
    private final Driver driver;

    /**
     * Guards a driver.
     *
     * @param name the name by which it was found; its own {@link Driver#name} may throw
     */
    public GuardedDriver(String name, Driver driver) {
        this.name = name;
        this.driver = driver;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        try {
            return call("availability()", () -> driver.availability(config));
        } catch (InvalidConfigException e) {
            return Availability.Unavailable.of(e);
        } catch (CaptureException e) {
            return new Availability.Inconclusive(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean isProvedByOpening() {
        return call("isProvedByOpening()", driver::isProvedByOpening);
    }

    @Override
    public Capabilities capabilities() {
        return call("capabilities()", driver::capabilities);
    }

    @Override
    public Capabilities capabilities(CaptureConfig config) {
        return call("capabilities()", () -> driver.capabilities(config));
    }

    @Override
    public Map<String, String> notes(CaptureConfig config) {
        return call("notes()", () -> driver.notes(config));
    }

    @Override
    public Capture open(CaptureConfig config) {
        return call("open()", () -> driver.open(config));
    }

    /**
     * Calls a method of the driver or of its capture.
     *
     * @throws CaptureException when the method throws what it may not, or returns null
     */
    public <T> T call(String method, Supplier<T> body) {
        T result;
        try {
            result = body.get();
        } catch (CaptureException | InvalidConfigException | OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) {
            // Drivers in other languages of the JVM can throw checked exceptions, too.
            throw defect("threw " + e + " from " + method, e);
        }
        if (result == null) {
            throw defect("returned null from " + method, null);
        }
        return result;
    }

    private CaptureException defect(String what, Throwable cause) {
        String message = "Driver " + name + " " + what + ". That is a defect of the driver; tell its author.";
        return cause == null ? new CaptureException(message) : new CaptureException(message, cause);
    }
}
