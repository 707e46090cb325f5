// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The target of a symbolic link: i_op-&gt;get_link of the kernel. */
sealed interface Link {
    /** An ordinary link, with its text. */
    record Text(ByteString target) implements Link {}

    /** {@code /proc/self}, which leads to the caller's own directory. */
    record Self() implements Link {}

    /**
     * A magic link, which jumps to a place without a path, as nd_jump_link() does. It supplies null when the place is
     * gone.
     */
    record Jump(Supplier<@Nullable Location> target) implements Link {}
}
