// SPDX-License-Identifier: Apache-2.0
/**
 * The author of a driver implements this: the driver, the Guice module that binds it, and the place that it watches.
 *
 * <p>Consumers of events need nothing of it.
 */
@NullMarked
package dev.unraced.driver;

import org.jspecify.annotations.NullMarked;
