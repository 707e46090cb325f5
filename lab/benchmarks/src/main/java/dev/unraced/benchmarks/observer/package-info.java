// SPDX-License-Identifier: Apache-2.0
/** The programs that observe a load: captures of this project, and other tools. */
@NullMarked
package dev.unraced.benchmarks.observer;

import org.jspecify.annotations.NullMarked;
