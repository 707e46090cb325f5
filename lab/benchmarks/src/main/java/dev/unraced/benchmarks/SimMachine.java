// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.SimLoad.Produce;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.Tracepoints;
import dev.unraced.sim.trace.Seams;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A simulated machine with one process that makes calls, watched or not. Belongs to one thread. */
final class SimMachine implements AutoCloseable {
    private static final String MISSING = "/tmp/no-such-file-20";
    private static final String EXISTING = "/tmp/some-file-of-20";
    /** The address is port 9 of 127.0.0.1, as a struct sockaddr_in. */
    private static final byte[] DISCARD = {2, 0, 0, 9, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};

    private final Kernel kernel;
    private final Task task;
    private final @Nullable Capture capture;
    private @Nullable Tracepoints observer;
    private final long missing;
    private final long existing;
    private final long address;
    private final int socket;

    /** Makes a machine, which is watched if there is a configuration. */
    SimMachine(@Nullable CaptureConfig config) {
        SimKernel machine = SimKernel.create();
        machine.files().file(EXISTING);
        SimProcess process = machine.process("load");
        kernel = machine.kernel();
        task = Objects.requireNonNull(kernel.task(process.thread().tid()));
        missing = process.buffer(MISSING).address();
        existing = process.buffer(EXISTING).address();
        address = process.buffer(ByteString.copyOf(DISCARD)).address();
        socket = process.socket(Sockaddr.AF_INET, SocketTypes.SOCK_DGRAM, 0);
        capture = config == null
                ? null
                : machine.driver(Seams.NONE.withTracepoints(this::remember)).open(config);
    }

    private Tracepoints remember(Tracepoints tracepoints) {
        observer = tracepoints;
        return tracepoints;
    }

    Capture capture() {
        return Objects.requireNonNull(capture);
    }

    /** Calls openat for a missing file. */
    Produce openMissing() {
        return count -> {
            for (int i = 0; i < count; i++) {
                run(openat(missing));
            }
        };
    }

    /** Calls openat for an existing file, and closes its descriptor, which makes no event. */
    Produce openExisting() {
        return count -> {
            for (int i = 0; i < count; i++) {
                Call call = openat(existing);
                run(call);
                task.group().descriptors().close((int) call.result());
            }
        };
    }

    /** Calls connect on a datagram socket. */
    Produce connect() {
        return count -> {
            for (int i = 0; i < count; i++) {
                run(kernel.begin(task, Syscall.CONNECT, Abi.NATIVE, socket, address, DISCARD.length));
            }
        };
    }

    /** Repeats only the observer's part of one call; the machine does nothing. */
    Produce observed() {
        Call call = openat(missing);
        run(call);
        // The event of this call is read at once, so that the ring has only events of the load.
        capture().poll(event -> {}, 1);
        Tracepoints tracepoints = Objects.requireNonNull(observer);
        return count -> {
            for (int i = 0; i < count; i++) {
                tracepoints.enter(task, call);
                tracepoints.worked(task, call);
                tracepoints.exit(task, call);
            }
        };
    }

    private Call openat(long path) {
        return kernel.begin(task, Syscall.OPENAT, Abi.NATIVE, OpenFlags.AT_FDCWD, path, 0, 0);
    }

    private void run(Call call) {
        if (!kernel.run(task)) {
            throw new IllegalStateException(call + " blocks");
        }
    }

    @Override
    public void close() {
        if (capture != null) {
            capture.close();
        }
    }
}
