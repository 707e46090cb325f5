// SPDX-License-Identifier: Apache-2.0
/**
 * Reads records from memory that a kernel writes, without copying, and captures from such a ring. A source in user
 * space writes its records with {@link dev.unraced.ring.RingWriter}, and wakes the reader with
 * {@link dev.unraced.ring.UserWakeupNotifier}.
 *
 * <p>The protocol is that of the BPF ring buffer, which the kernel module follows, too. Each driver maps the memory and
 * lets the reader sleep in its own way, by {@link dev.unraced.ring.RingSource}.
 */
@NullMarked
package dev.unraced.ring;

import org.jspecify.annotations.NullMarked;
