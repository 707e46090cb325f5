// SPDX-License-Identifier: Apache-2.0
/** Numbers of Linux's interface that all modules share. */
@NullMarked
package dev.unraced.linux;

import org.jspecify.annotations.NullMarked;
