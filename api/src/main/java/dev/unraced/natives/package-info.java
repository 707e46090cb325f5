// SPDX-License-Identifier: Apache-2.0
/** Loads native parts from a jar into a process. For authors of drivers; the parts themselves belong to drivers. */
@NullMarked
package dev.unraced.natives;

import org.jspecify.annotations.NullMarked;
