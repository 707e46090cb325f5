// SPDX-License-Identifier: Apache-2.0
/**
 * Configuration of a capture: its layers, its checks, its errors.
 *
 * <p>Every key and its default stands in a {@code reference.conf}; drivers bring their own for their own section.
 */
@NullMarked
package dev.unraced.config;

import org.jspecify.annotations.NullMarked;
