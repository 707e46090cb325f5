// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.lenient;
import static org.mockito.Mockito.mock;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.driver.Driver;

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
}
