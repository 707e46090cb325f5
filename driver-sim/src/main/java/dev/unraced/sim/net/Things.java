// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import dev.unraced.sim.base.AccessLog;

/**
 * Numbers of the access log for objects that have names. They are allotted in advance, since a number must not depend
 * on which task comes first. Many names may share a number, so some steps conflict without need.
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
