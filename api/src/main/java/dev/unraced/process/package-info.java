// SPDX-License-Identifier: Apache-2.0
/** The processes behind events: which program made a call, with which arguments, and who started it. */
@NullMarked
package dev.unraced.process;

import org.jspecify.annotations.NullMarked;
