// SPDX-License-Identifier: Apache-2.0
/**
 * Configuration of a capture: its layers, its checks, its errors.
 *
 * <p>Every key and its default is in a {@code reference.conf}; drivers bring their own for their own section. Code
 * belongs here if it reads or checks settings. Names of drivers are only names: the SPI knows this package, not the
 * reverse.
 */
@NullMarked
package dev.unraced.config;

import org.jspecify.annotations.NullMarked;
