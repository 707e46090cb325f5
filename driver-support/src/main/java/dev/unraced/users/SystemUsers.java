// SPDX-License-Identifier: Apache-2.0
package dev.unraced.users;

import dev.unraced.natives.LibC;
import dev.unraced.process.UserResolver;
import org.jspecify.annotations.Nullable;

/** The users of this machine, by the C library. */
public final class SystemUsers implements UserResolver {
    /** For {@link java.util.ServiceLoader}. */
    public SystemUsers() {}

    @Override
    public @Nullable String nameOf(long uid) {
        return LibC.userName(uid);
    }
}
