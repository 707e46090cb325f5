// SPDX-License-Identifier: Apache-2.0
/** The driver that is tested: what its author says about it, and whether it runs on this machine. */
@NullMarked
package dev.unraced.conformance.subject;

import org.jspecify.annotations.NullMarked;
