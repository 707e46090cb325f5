// SPDX-License-Identifier: Apache-2.0
/** Settings of a driver's own section, read and checked. */
@NullMarked
package dev.unraced.settings;

import org.jspecify.annotations.NullMarked;
