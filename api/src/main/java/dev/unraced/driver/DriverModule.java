// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.MapBinder;

/**
 * The Guice module that a driver ships, found by {@link java.util.ServiceLoader}. A subclass calls {@link #bindDriver}
 * in its {@code configure}.
 */
public abstract class DriverModule extends AbstractModule {

    /** Contributes a driver under the name that configuration selects it by. */
    protected final void bindDriver(String name, Class<? extends Driver> driver) {
        MapBinder.newMapBinder(binder(), String.class, Driver.class)
                .addBinding(name)
                .to(driver);
    }
}
