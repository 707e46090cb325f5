// SPDX-License-Identifier: Apache-2.0
/**
 * Support for tests of agents: a simulated machine for each test of JUnit Jupiter, which the test has to bring along.
 */
@NullMarked
package dev.unraced.sim.junit;

import org.jspecify.annotations.NullMarked;
