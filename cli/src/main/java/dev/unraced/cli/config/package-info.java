// SPDX-License-Identifier: Apache-2.0
/**
 * How the keys of a configuration are printed. What they are and what they mean comes from {@code dev.unraced.config}.
 */
@NullMarked
package dev.unraced.cli.config;

import org.jspecify.annotations.NullMarked;
