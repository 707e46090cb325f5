// SPDX-License-Identifier: Apache-2.0
/** Facts about the running Linux from its files, which all kernel drivers need. This package has no native code. */
@NullMarked
package dev.unraced.machine;

import org.jspecify.annotations.NullMarked;
