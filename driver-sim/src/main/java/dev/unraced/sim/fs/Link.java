// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where a symbolic link leads: i_op-&gt;get_link of the kernel. */
sealed interface Link {
    /** An ordinary link. */
    record Text(ByteString target) implements Link {}

    /** {@code /proc/self}: the caller's own directory. */
    record Self() implements Link {}

    /** A magic link, which jumps to a place without a path, as nd_jump_link(); to null when that place is gone. */
    record Jump(Supplier<@Nullable Location> target) implements Link {}
}
