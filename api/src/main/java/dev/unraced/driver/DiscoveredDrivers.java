// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import com.google.inject.AbstractModule;
import com.google.inject.Provider;
import com.google.inject.Provides;
import com.google.inject.ProvisionException;
import com.google.inject.Singleton;
import com.google.inject.multibindings.MapBinder;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Installs every {@link DriverModule} that a class loader sees, which may be none, and binds {@link Drivers}. */
final class DiscoveredDrivers extends AbstractModule {
    private final ClassLoader loader;

    DiscoveredDrivers(ClassLoader loader) {
        this.loader = loader;
    }

    @Override
    protected void configure() {
        // Without a module there would be no map to inject.
        MapBinder.newMapBinder(binder(), String.class, Driver.class);
        try {
            ServiceLoader.load(DriverModule.class, loader).forEach(this::install);
        } catch (ServiceConfigurationError | LinkageError e) {
            addError("A driver on the class path cannot be loaded. %s", e);
        }
    }

    @Provides
    @Singleton
    Drivers drivers(Map<String, Provider<Driver>> providers) {
        Map<String, Driver> drivers = new TreeMap<>();
        providers.forEach((name, provider) -> drivers.put(name, create(name, provider)));
        return new Drivers(drivers);
    }

    private static Driver create(String name, Provider<Driver> provider) {
        try {
            return provider.get();
        } catch (ProvisionException e) {
            return new UnloadableDriver(name, e.getCause() == null ? e : e.getCause());
        } catch (LinkageError e) {
            return new UnloadableDriver(name, e);
        }
    }
}
