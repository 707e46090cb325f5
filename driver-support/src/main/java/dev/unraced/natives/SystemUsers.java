// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The names of users, by the system's own resolver: users can come from elsewhere than /etc/passwd. An answer can take
 * as long as a directory server takes. Thread-safe.
 */
public final class SystemUsers {
    private static final int ERANGE = 34;
    /** More than the size of a struct passwd, whose first field points to the name. */
    private static final int ENTRY_SIZE = 128;

    private static final int FIRST_TEXTS = 4 << 10;
    private static final int MOST_TEXTS = 1 << 20;

    private SystemUsers() {}

    /** Returns the name of a user of this machine, or null where the system knows none. */
    public static @Nullable String name(long uid) {
        for (int size = FIRST_TEXTS; size <= MOST_TEXTS; size *= 4) {
            try (Memory entry = new Memory(ENTRY_SIZE);
                    Memory texts = new Memory(size);
                    Memory result = new Memory(Long.BYTES)) {
                int error = LibC.getpwuid_r((int) uid, entry, texts, size, result);
                if (error != ERANGE) {
                    Pointer found = error == 0 ? result.getPointer(0) : null;
                    return found == null ? null : found.getPointer(0).getString(0, StandardCharsets.UTF_8.name());
                }
            }
        }
        return null;
    }
}
