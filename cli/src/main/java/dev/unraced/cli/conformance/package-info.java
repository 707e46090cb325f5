// SPDX-License-Identifier: Apache-2.0
/** Progress and reports of the conformance kit. */
@NullMarked
package dev.unraced.cli.conformance;

import org.jspecify.annotations.NullMarked;
