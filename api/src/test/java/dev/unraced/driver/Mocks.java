// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.lenient;
import static org.mockito.Mockito.mock;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Mock drivers with the answers that a test wants. */
final class Mocks {
    static final Availability AVAILABLE = new Availability.Available();

    private Mocks() {}

    static Driver driver(String name, Availability availability) {
        return driver(name, availability, Capabilities.complete());
    }

    static Driver driver(String name, Availability availability, Capabilities capabilities) {
        Driver driver = mock(Driver.class);
        Capture capture = mock(Capture.class);
        lenient().when(driver.name()).thenReturn(name);
        lenient().when(driver.availability(any())).thenReturn(availability);
        lenient().when(driver.capabilities()).thenReturn(capabilities);
        lenient().when(driver.capabilities(any())).thenCallRealMethod();
        lenient().when(driver.open(any())).thenReturn(capture);
        lenient().when(capture.driver()).thenReturn(name);
        return driver;
    }

    static Drivers drivers(Driver... drivers) {
        Map<String, Driver> byName =
                Arrays.stream(drivers).collect(Collectors.toMap(Driver::name, Function.identity()));
        return new Drivers(byName, Map.of());
    }
}
