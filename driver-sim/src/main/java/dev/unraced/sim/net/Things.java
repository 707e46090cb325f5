// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import dev.unraced.sim.base.AccessLog;

/**
 * Numbers for the access log of things that have names. They are given out in advance, since a number must not depend
 * on who comes first; names share one when they are many, by which steps at most conflict that need not.
 */
final class Things {
    private static final int COUNT = 64;

    private final long first;

    Things(AccessLog log) {
        first = log.newThing();
        for (int i = 1; i < COUNT; i++) {
            log.newThing();
        }
    }

    long of(int hash) {
        return first + Math.floorMod(hash, COUNT);
    }
}
