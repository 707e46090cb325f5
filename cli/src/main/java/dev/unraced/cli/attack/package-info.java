// SPDX-License-Identifier: Apache-2.0
/** Progress and reports of attacks on a live capture. */
@NullMarked
package dev.unraced.cli.attack;

import org.jspecify.annotations.NullMarked;
