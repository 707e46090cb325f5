// SPDX-License-Identifier: Apache-2.0
/**
 * The conformance kit: the rules of {@code docs/spec.md} as JUnit tests that a driver's author extends, and the actor
 * that makes the system calls they need.
 *
 * <p>{@link dev.unraced.conformance.ConformanceSuite} is the way in. A rule knows the SPI, never a driver. Each rule
 * holds for every driver, or declares the capability that it needs.
 */
@NullMarked
package dev.unraced.conformance;

import org.jspecify.annotations.NullMarked;
