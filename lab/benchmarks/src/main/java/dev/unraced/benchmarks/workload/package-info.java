// SPDX-License-Identifier: Apache-2.0
/** The loads that are observed: loops of calls, a compiler, a database. */
@NullMarked
package dev.unraced.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
