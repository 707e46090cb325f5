// SPDX-License-Identifier: Apache-2.0
/**
 * The SPI that a source of events implements, and the choice among several.
 *
 * <p>A driver is found by {@link java.util.ServiceLoader} as a {@link dev.unraced.driver.DriverModule}, bound by Guice
 * under its name, and opened into a {@link dev.unraced.driver.Capture}. Nothing here knows a concrete driver. Guice
 * shows in the two modules alone; all else serves those who never heard of it.
 */
@NullMarked
package dev.unraced.driver;

import org.jspecify.annotations.NullMarked;
