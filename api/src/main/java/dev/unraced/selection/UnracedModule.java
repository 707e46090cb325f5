// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;

/**
 * A module for applications built with Guice: it binds the {@link CaptureConfig}, the {@link Drivers} on the class path
 * and a singleton {@link Capture}.
 *
 * <p>The capture opens when it is first injected; in {@code Stage.PRODUCTION}, as all singletons, when the injector is
 * created. Guice has no end of life, so the application must close the capture when it shuts down:
 * {@code injector.getInstance(Capture.class).close()}.
 */
public final class UnracedModule extends AbstractModule {
    private final CaptureConfig config;
    private final ClassLoader loader;

    /** Creates a module for captures with a configuration. */
    public UnracedModule(CaptureConfig config) {
        this(config, UnracedModule.class.getClassLoader());
    }

    /**
     * Creates a module for applications whose drivers are in another class loader than this library.
     *
     * @param loader the loader that sees the drivers
     */
    public UnracedModule(CaptureConfig config, ClassLoader loader) {
        this.config = config;
        this.loader = loader;
    }

    @Override
    protected void configure() {
        install(new DiscoveredDrivers(loader));
        bind(CaptureConfig.class).toInstance(config);
    }

    @Provides
    @Singleton
    Capture capture(Drivers drivers, CaptureConfig config) {
        return drivers.open(config);
    }
}
