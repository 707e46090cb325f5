// SPDX-License-Identifier: Apache-2.0
/** The ways into the kernel: each call is made once by each of them, and has to become one event. */
@NullMarked
package dev.unraced.conformance.entrypoint;

import org.jspecify.annotations.NullMarked;
