// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import com.google.inject.AbstractModule;
import com.google.inject.Injector;
import com.google.inject.Provider;
import com.google.inject.multibindings.MapBinder;
import jakarta.inject.Inject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Guice module that a driver ships, found by {@link java.util.ServiceLoader}. A subclass calls {@link #bindDriver}
 * and, where needed, {@link #bindActorHost} in its {@code configure}.
 */
public abstract class DriverModule extends AbstractModule {

    /** Contributes a driver under its name in the configuration. */
    protected final void bindDriver(String name, Class<? extends Driver> driver) {
        if (name == null || name.isBlank()) {
            addError("%s gives %s no name. Tell its author.", getClass().getName(), driver.getName());
            return;
        }
        MapBinder.newMapBinder(binder(), String.class, Driver.class)
                .addBinding(name)
                .toProvider(new WhenAsked<>(driver));
    }

    /** Contributes the place that a driver of this name watches, if it is not this machine. */
    protected final void bindActorHost(String driver, Class<? extends ActorHost> host) {
        MapBinder.newMapBinder(binder(), String.class, ActorHost.class)
                .addBinding(driver)
                .toProvider(new WhenAsked<>(host));
    }

    /**
     * Makes Guice inspect a class only when an instance is wanted. Otherwise Guice inspects all classes first, and one
     * driver with a missing library would break all others.
     */
    private static final class WhenAsked<T> implements Provider<T> {
        private final Class<? extends T> type;
        private @Nullable Injector injector;

        WhenAsked(Class<? extends T> type) {
            this.type = type;
        }

        @Inject
        void injector(Injector from) {
            injector = from;
        }

        @Override
        public T get() {
            return Objects.requireNonNull(injector, "injector").getInstance(type);
        }
    }
}
