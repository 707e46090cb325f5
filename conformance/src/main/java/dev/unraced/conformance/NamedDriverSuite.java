// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.driver.Driver;
import dev.unraced.driver.Drivers;
import dev.unraced.driver.Stage;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** All rules, for the driver on the class path that a configuration parameter names. */
@ExtendWith(NamedDriverSuite.ByName.class)
final class NamedDriverSuite extends ConformanceSuite {
    static final String DRIVER_PARAMETER = "conformance.driver";

    private final Named named;

    NamedDriverSuite(Named named) {
        this.named = named;
    }

    @Override
    public Driver driver() {
        return named.driver();
    }

    @Override
    public Optional<Stage> stage() {
        return named.stage();
    }

    /** A driver with its own stage: one discovered apart may be about another place. */
    record Named(Driver driver, Optional<Stage> stage) {}

    /** Finds the driver. */
    static final class ByName implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Named.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            String name = context.getConfigurationParameter(DRIVER_PARAMETER).orElseThrow();
            Drivers drivers = Drivers.discover();
            Driver driver = drivers.all().get(name);
            if (driver == null) {
                throw new IllegalArgumentException("no driver on the class path is named " + name);
            }
            return new Named(driver, drivers.stage(name));
        }
    }
}
