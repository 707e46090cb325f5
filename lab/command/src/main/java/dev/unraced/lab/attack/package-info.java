// SPDX-License-Identifier: Apache-2.0
/** Progress and reports of attacks on a live capture, and of ways into the kernel. */
@NullMarked
package dev.unraced.lab.attack;

import org.jspecify.annotations.NullMarked;
