// SPDX-License-Identifier: Apache-2.0
/** Endurance: a server and its readers under hours of trouble, compressed into minutes. */
@NullMarked
package dev.unraced.lab.endurance;

import org.jspecify.annotations.NullMarked;
