// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import java.util.HashSet;
import java.util.Set;

/** Hands out thread ids in turn and begins anew at the end, as alloc_pid of kernel/pid.c does. */
final class ThreadIds {
    /** RESERVED_PIDS of kernel/pid.c: counting begins anew after this id. */
    private static final int AFTER_WRAP = 300;

    private final int max;
    private final Set<Integer> used = new HashSet<>();
    private int last;

    ThreadIds(int max) {
        if (max <= AFTER_WRAP) {
            throw new IllegalArgumentException("ids must go beyond " + AFTER_WRAP + ", not " + max);
        }
        this.max = max;
    }

    int next() {
        for (int tries = 0; tries < max; tries++) {
            last = last >= max ? AFTER_WRAP : last + 1;
            if (used.add(last)) {
                return last;
            }
        }
        throw new IllegalStateException("all " + max + " thread ids are in use");
    }

    /** Takes a chosen id, as clone3 with set_tid does; returns false when the id is taken. */
    boolean take(int id) {
        return used.add(id);
    }

    void free(int id) {
        used.remove(id);
    }
}
