// SPDX-License-Identifier: Apache-2.0
/**
 * Reading records out of memory that a kernel writes, without copying, and the capture made of such a ring. A source in
 * user space writes its records with {@link dev.unraced.ring.RingWriter}, and wakes the reader with
 * {@link dev.unraced.ring.UserDoorbell}.
 *
 * <p>The protocol is that of the BPF ring buffer, which the kernel module keeps too. How the memory is mapped and how a
 * reader sleeps is the driver's own; both come in through {@link dev.unraced.ring.RingSource}.
 */
@NullMarked
package dev.unraced.ring;

import org.jspecify.annotations.NullMarked;
