// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.process.ProcessTable;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.trace.Seams;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A simulated machine for tests: processes that make calls, one step at a time, so that a test can act at an exact
 * point of a call.
 *
 * <pre>{@code
 * SimKernel kernel = SimKernel.create();
 * Capture capture = kernel.capture();
 * SimProcess evil = kernel.process("evil");
 * SimBuffer path = evil.buffer("/tmp/harmless");
 * SimCall open = evil.thread().openat(path);
 * open.until(CallStep.COPY_PATH); // the observer has read the path, the kernel has not
 * path.write("/etc/shadow");
 * open.finish();
 * }</pre>
 *
 * <p>Thread-safe: every operation is one atomic step of the machine.
 */
public final class SimKernel {
    private static final int MAX_THREAD_ID = 1 << 22;

    private final Kernel kernel;
    private final Task observer;
    private final SimFiles files;

    private SimKernel(long uptimeNanos) {
        kernel = new Kernel(uptimeNanos, MAX_THREAD_ID);
        observer = kernel.fork(kernel.init(), "observer".getBytes(StandardCharsets.US_ASCII));
        files = new SimFiles(kernel);
    }

    /** Creates a machine. */
    public static SimKernel create() {
        // An hour is far enough from 0 that an unset time shows.
        return upFor(Duration.ofHours(1));
    }

    /** Creates a machine that has been up for some time by its CLOCK_BOOTTIME. */
    public static SimKernel upFor(Duration uptime) {
        return new SimKernel(uptime.toNanos());
    }

    /** The file tree. */
    public SimFiles files() {
        return files;
    }

    /** Starts a new process of user 1000 with one thread. */
    public SimProcess process(String name) {
        synchronized (kernel) {
            return process(kernel.fork(kernel.init(), name.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /**
     * Starts a new process, as {@link #process(String)} does, with an id that another one had.
     *
     * @throws IllegalArgumentException when the id is in use
     */
    public SimProcess process(String name, int id) {
        synchronized (kernel) {
            Task task = kernel.forkAs(kernel.init(), name.getBytes(StandardCharsets.UTF_8), id);
            if (task == null) {
                throw new IllegalArgumentException("the id " + id + " is in use");
            }
            return process(task);
        }
    }

    private SimProcess process(Task task) {
        return new SimProcess(kernel, task).user(SimProcess.FIRST_USER);
    }

    /** Gives the loopback one more IPv4 address, in digits, which is its own source address. */
    public SimKernel address(String ip) {
        synchronized (kernel) {
            kernel.network().addAddress(SocketAddresses.digits(ip));
        }
        return this;
    }

    /**
     * Adds a device that carries datagrams to link-local addresses, and has fe80::66.
     *
     * @param index the scope of its addresses, above 1
     */
    public SimKernel link(int index) {
        synchronized (kernel) {
            kernel.network().addLink(index);
        }
        return this;
    }

    /** Makes the observer read a file's path in steps ({@code CallStep.LOOK}), between which a test can act. */
    public SimKernel looksTakeSteps() {
        synchronized (kernel) {
            kernel.looksTakeSteps(true);
        }
        return this;
    }

    /** Returns a driver that watches this machine and ignores the configured kernel. */
    public Driver driver() {
        return driver(Seams.NONE);
    }

    /** Returns a driver that watches this machine with parts broken on purpose. */
    public Driver driver(Seams seams) {
        return new SimDriver(name -> Watched.quiet(this), seams);
    }

    /** Watches this machine with the default configuration. */
    public Capture capture() {
        return capture(CaptureConfig.builder().driver(SimDriver.NAME).build());
    }

    /**
     * Watches this machine; with process events, events know their process, as in a capture of {@link Capture#open}.
     */
    public Capture capture(CaptureConfig config) {
        return driver().open(config).withProcesses(new ProcessTable());
    }

    /** Lets time pass; the steps of calls take only a little. */
    public void sleep(Duration time) {
        synchronized (kernel) {
            kernel.clock().advance(time.toNanos());
        }
    }

    /** Lets time pass until the machine has been up for this many nanoseconds; does nothing when that is past. */
    public void sleepUntil(long nanos) {
        synchronized (kernel) {
            kernel.clock().advance(Math.max(0, nanos - kernel.clock().now()));
        }
    }

    /** Nanoseconds since the machine booted. */
    public long now() {
        synchronized (kernel) {
            return kernel.clock().now();
        }
    }

    /** The machine itself, for operations that this class lacks; synchronise on it. */
    public Kernel kernel() {
        return kernel;
    }

    /** Returns this machine as a host for the conformance kit's actors. */
    public ActorHost actorHost() {
        return new SimActorHost(this);
    }

    /** The thread group that stands for the observer's own process. */
    int observer() {
        return observer.tgid();
    }

    Task observerTask() {
        return observer;
    }
}
