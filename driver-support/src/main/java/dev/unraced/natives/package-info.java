// SPDX-License-Identifier: Apache-2.0
/**
 * Loads native parts from a jar into a process, and calls the C library. It is for authors of drivers; the parts
 * themselves belong to drivers.
 */
@NullMarked
package dev.unraced.natives;

import org.jspecify.annotations.NullMarked;
