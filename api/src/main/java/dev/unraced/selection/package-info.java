// SPDX-License-Identifier: Apache-2.0
/**
 * The drivers that are there, and the choice among them.
 *
 * <p>{@link java.util.ServiceLoader} finds a driver as a {@link dev.unraced.driver.DriverModule}, and Guice creates it.
 * Only {@link dev.unraced.selection.UnracedModule}, for applications built with Guice, shows Guice. This package knows
 * no concrete driver.
 */
@NullMarked
package dev.unraced.selection;

import org.jspecify.annotations.NullMarked;
