// SPDX-License-Identifier: Apache-2.0
/** Prints the keys of a configuration. The keys and their meanings come from {@code dev.unraced.config}. */
@NullMarked
package dev.unraced.cli.config;

import org.jspecify.annotations.NullMarked;
