// SPDX-License-Identifier: Apache-2.0
/** What the machine, the process and the drivers say about whether a capture can run here. */
@NullMarked
package dev.unraced.cli.doctor;

import org.jspecify.annotations.NullMarked;
