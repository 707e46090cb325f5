// SPDX-License-Identifier: Apache-2.0
/**
 * The laboratory's command, {@code unraced lab}: what proves the product and is not installed with it. It attacks live
 * captures, hunts for events that lie, tests the conformance kit, and reports what was found.
 */
@NullMarked
package dev.unraced.lab;

import org.jspecify.annotations.NullMarked;
