// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.event.Sockaddr;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.SimCall;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.kernel.CallStep;
import java.time.Duration;
import java.util.Random;

/** The operations that all scenes use. */
final class SceneOperations {
    private static final int STANDARD_ERROR = 2;
    private static final int LEAST_NANOS = 600;
    private static final double SPREAD_NANOS = 3_000;

    private final SimKernel kernel;
    private final Random random;

    SceneOperations(SimKernel kernel, Random random) {
        this.kernel = kernel;
        this.random = random;
    }

    /** Starts a process whose descriptors 0 to 2 are taken, as usual. */
    SimProcess process(String name) {
        SimProcess process = kernel.process(name);
        for (int fd = 0; fd <= STANDARD_ERROR; fd++) {
            process.socket(Sockaddr.AF_UNIX, SocketTypes.SOCK_STREAM, 0);
        }
        return process;
    }

    /** Returns one of the choices at random. */
    String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    int number(int bound) {
        return random.nextInt(bound);
    }

    /** Makes a call whose work takes about as long as a real one's. */
    long make(SimCall call) {
        call.until(CallStep.WORK);
        kernel.sleep(Duration.ofNanos(LEAST_NANOS + (long) Math.abs(random.nextGaussian() * SPREAD_NANOS)));
        return call.finish();
    }

    /** Opens a file for reading, and closes it again. */
    void read(SimProcess process, String path) {
        long fd = make(process.thread().openat(path));
        if (fd >= 0) {
            process.close((int) fd);
        }
    }
}
