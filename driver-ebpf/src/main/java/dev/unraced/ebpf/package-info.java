// SPDX-License-Identifier: Apache-2.0
/**
 * The eBPF driver: programs in the running kernel, loaded by libbpf, read through a ring in mapped memory.
 *
 * <p>Native calls serve only loading, attaching, sleeping and closing; no event costs one. All native access goes
 * through {@link dev.unraced.ebpf.libbpf.LibBpf} and {@link dev.unraced.natives.LibC}.
 */
@NullMarked
package dev.unraced.ebpf;

import org.jspecify.annotations.NullMarked;
