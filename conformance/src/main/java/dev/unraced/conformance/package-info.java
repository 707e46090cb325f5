// SPDX-License-Identifier: Apache-2.0
/**
 * The conformance kit: the rules of {@code docs/spec.md} as JUnit tests. This package is what a driver's author meets.
 *
 * <p>{@link dev.unraced.conformance.ConformanceSuite} is the way in for a test,
 * {@link dev.unraced.conformance.ConformanceRunner} for a program, {@link dev.unraced.conformance.ConformanceReport} is
 * what comes out. A rule knows the SPI, never a driver. Each rule holds for every driver, or declares the capability
 * that it needs.
 *
 * <p>Each package knows only those to its right: {@code mutant}, this one, {@code rules}, {@code harness};
 * {@code attack}, {@code entrypoint} and {@code script}, {@code scenario}, {@code fixture}; {@code subject},
 * {@code actor}. Internal, and public only for its neighbours, is what is in {@code rules}, {@code harness},
 * {@code scenario} and {@code fixture}.
 */
@NullMarked
package dev.unraced.conformance;

import org.jspecify.annotations.NullMarked;
