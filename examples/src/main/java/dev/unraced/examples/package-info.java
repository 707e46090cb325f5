// SPDX-License-Identifier: Apache-2.0
/** Agents that embed Unraced, each as small as it can be. */
@NullMarked
package dev.unraced.examples;

import org.jspecify.annotations.NullMarked;
