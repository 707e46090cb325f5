// SPDX-License-Identifier: Apache-2.0
/** A driver that delivers what a test wrote down. */
@NullMarked
package dev.unraced.cli.scripted;

import org.jspecify.annotations.NullMarked;
