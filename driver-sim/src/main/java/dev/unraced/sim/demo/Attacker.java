// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimCall;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.kernel.CallStep;

/** A program with two threads, one of which opens a harmless file while the other rewrites its name. */
final class Attacker {
    private static final String HARMLESS = "/tmp/report.txt";
    private static final String TARGET = "/etc/shadow";

    private final SceneOperations operations;
    private int attacks;

    Attacker(SceneOperations operations) {
        this.operations = operations;
    }

    void attack() {
        SimProcess evil = operations.process("evil").user(0);
        SimBuffer path = evil.buffer(HARMLESS);
        evil.newThread("flip");
        SimCall open = evil.thread().openat(path).until(CallStep.COPY_PATH);
        path.write(TARGET);
        open.until(CallStep.WORK);
        if (attacks++ % 2 == 0) {
            // An observer that compares the memory at the return finds no difference.
            path.write(HARMLESS);
        }
        operations.make(open);
        evil.kill();
    }
}
