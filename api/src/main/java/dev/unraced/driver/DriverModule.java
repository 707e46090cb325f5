// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.MapBinder;

/**
 * The Guice module that a driver ships, found by {@link java.util.ServiceLoader}. A subclass calls {@link #bindDriver}
 * and, where needed, {@link #bindStage} in its {@code configure}.
 */
public abstract class DriverModule extends AbstractModule {

    /** Contributes a driver under the name that configuration selects it by. */
    protected final void bindDriver(String name, Class<? extends Driver> driver) {
        MapBinder.newMapBinder(binder(), String.class, Driver.class)
                .addBinding(name)
                .to(driver);
    }

    /** Contributes the place that a driver of this name watches, when that is not this machine. */
    protected final void bindStage(String driver, Class<? extends Stage> stage) {
        MapBinder.newMapBinder(binder(), String.class, Stage.class)
                .addBinding(driver)
                .to(stage);
    }
}
