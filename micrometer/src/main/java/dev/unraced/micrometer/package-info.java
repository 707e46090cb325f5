// SPDX-License-Identifier: Apache-2.0
/** Publishes the statistics of a capture as meters, for applications that have a registry of Micrometer. */
@NullMarked
package dev.unraced.micrometer;

import org.jspecify.annotations.NullMarked;
