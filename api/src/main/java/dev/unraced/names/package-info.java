// SPDX-License-Identifier: Apache-2.0
/** Finds what a mistyped name most likely meant. The module shows this to the code of drivers alone. */
@NullMarked
package dev.unraced.names;

import org.jspecify.annotations.NullMarked;
