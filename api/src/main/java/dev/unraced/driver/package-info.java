// SPDX-License-Identifier: Apache-2.0
/**
 * The SPI of event sources, and the choice among several drivers.
 *
 * <p>{@link java.util.ServiceLoader} finds a driver as a {@link dev.unraced.driver.DriverModule}, Guice binds it under
 * its name, and it opens a {@link dev.unraced.driver.Capture}. This package knows no concrete driver. Only the two
 * modules show Guice; all other types serve applications without it.
 */
@NullMarked
package dev.unraced.driver;

import org.jspecify.annotations.NullMarked;
