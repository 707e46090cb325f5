// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.sim.kernel.Descriptors;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Descriptors by numbers that the director chooses. */
final class Handles {
    private final Descriptors descriptors;
    private final Map<Integer, Integer> fds = new HashMap<>();

    Handles(Descriptors descriptors) {
        this.descriptors = descriptors;
    }

    void put(int id, int fd) {
        close(id);
        fds.put(id, fd);
    }

    void close(int id) {
        Integer fd = fds.remove(id);
        if (fd != null) {
            descriptors.close(fd);
        }
    }

    /** Returns the descriptor that "h:ID" or a plain number names. */
    int get(@Nullable String text, int missing) {
        if (text == null) {
            return missing;
        }
        if (text.startsWith("h:")) {
            return fds.getOrDefault((int) CommandLine.number(text.substring(2)), -1);
        }
        return (int) CommandLine.number(text);
    }
}
