// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import com.google.inject.AbstractModule;
import com.google.inject.Provider;
import com.google.inject.Provides;
import com.google.inject.ProvisionException;
import com.google.inject.Singleton;
import com.google.inject.multibindings.MapBinder;
import dev.unraced.capture.CaptureException;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.driver.DriverModule;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Installs every {@link DriverModule} that a class loader sees, which may be none, and binds {@link Drivers}. */
final class DiscoveredDrivers extends AbstractModule {
    private final ClassLoader loader;

    DiscoveredDrivers(ClassLoader loader) {
        this.loader = loader;
    }

    @Override
    protected void configure() {
        // Without any driver module, no map would exist to inject.
        // Duplicates are permitted to Guice, since its own message names neither driver's class.
        MapBinder.newMapBinder(binder(), String.class, Driver.class).permitDuplicates();
        MapBinder.newMapBinder(binder(), String.class, ActorHost.class);
        try {
            ServiceLoader.load(DriverModule.class, loader).forEach(this::install);
        } catch (ServiceConfigurationError | LinkageError e) {
            addError("A driver on the class path cannot be loaded. %s", e);
        }
    }

    @Provides
    @Singleton
    Drivers drivers(Map<String, Set<Provider<Driver>>> providers, Map<String, Provider<ActorHost>> hosts) {
        Map<String, Driver> drivers = new TreeMap<>();
        providers.forEach((name, all) -> {
            List<Driver> created =
                    all.stream().map(provider -> createDriver(name, provider)).toList();
            if (created.size() > 1) {
                throw Drivers.twins(name, created);
            }
            drivers.put(name, created.get(0));
        });
        Map<String, Supplier<ActorHost>> places = new TreeMap<>();
        hosts.forEach((name, provider) -> places.put(name, () -> createActorHost(name, provider)));
        return new Drivers(drivers, places);
    }

    private static Driver createDriver(String name, Provider<Driver> provider) {
        try {
            Driver driver = provider.get();
            return Drivers.isNamed(driver)
                    ? driver
                    : new UnloadableDriver(name, new CaptureException(Drivers.nameless(driver)));
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return new UnloadableDriver(name, reason(e));
        }
    }

    private static ActorHost createActorHost(String name, Provider<ActorHost> provider) {
        try {
            return provider.get();
        } catch (ProvisionException | LinkageError e) {
            Throwable reason = reason(e);
            throw new CaptureException("The actor host of driver " + name + " could not be created: " + reason, reason);
        }
    }

    private static Throwable reason(Throwable e) {
        return e instanceof ProvisionException && e.getCause() != null ? e.getCause() : e;
    }
}
