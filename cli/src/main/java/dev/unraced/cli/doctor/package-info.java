// SPDX-License-Identifier: Apache-2.0
/** The findings about the machine, the process and the drivers on whether a capture can run here. */
@NullMarked
package dev.unraced.cli.doctor;

import org.jspecify.annotations.NullMarked;
