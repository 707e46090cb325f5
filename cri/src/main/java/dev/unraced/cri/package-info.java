// SPDX-License-Identifier: Apache-2.0
/** Asks the node's container runtime, by the Container Runtime Interface, how its containers are called. */
@NullMarked
package dev.unraced.cri;

import org.jspecify.annotations.NullMarked;
