// SPDX-License-Identifier: Apache-2.0
/** A driver that delivers the records that a test wrote. */
@NullMarked
package dev.unraced.cli.scripted;

import org.jspecify.annotations.NullMarked;
