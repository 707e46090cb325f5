// SPDX-License-Identifier: Apache-2.0
/** What a mistyped name most likely meant. Not for consumers: the module shows it to the code of drivers alone. */
@NullMarked
package dev.unraced.names;

import org.jspecify.annotations.NullMarked;
