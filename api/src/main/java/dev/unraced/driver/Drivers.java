// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import dev.unraced.config.CaptureConfig;
import java.util.Map;
import java.util.ServiceLoader;

/** The drivers at hand. */
public final class Drivers {
    private final Map<String, Driver> byName;

    private Drivers(Map<String, Driver> byName) {
        this.byName = byName;
    }

    /** Those on the class path. */
    public static Drivers discover() {
        Injector injector = Guice.createInjector(ServiceLoader.load(DriverModule.class));
        return new Drivers(injector.getInstance(Key.get(new TypeLiteral<Map<String, Driver>>() {})));
    }

    /** Opens a capture with the first driver that the configuration names and that can run. */
    public Capture open(CaptureConfig config) {
        for (String name : config.drivers()) {
            Driver driver = byName.get(name);
            if (driver != null && driver.availability().isAvailable()) {
                return driver.open(config);
            }
        }
        throw new CaptureException("no driver in " + config.drivers());
    }
}
