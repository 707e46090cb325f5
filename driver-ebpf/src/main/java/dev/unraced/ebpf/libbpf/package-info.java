// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel and libbpf as Java calls them, without a thought of captures: the functions of the library, programs,
 * maps' memory and perf events, the kernel's own file systems, and the failures of each step.
 */
@NullMarked
package dev.unraced.ebpf.libbpf;

import org.jspecify.annotations.NullMarked;
