// SPDX-License-Identifier: Apache-2.0
/** The tools of every measurement: meters, the kernel's data about its programs, tables and charts. */
@NullMarked
package dev.unraced.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
