// SPDX-License-Identifier: Apache-2.0
/** The command {@code gvisor}: it has sandboxes send their calls. */
@NullMarked
package dev.unraced.cli.gvisor;

import org.jspecify.annotations.NullMarked;
