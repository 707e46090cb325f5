// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import dev.unraced.benchmarks.measure.NativeProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Makes calls from a native program, and measures how long they take. */
public final class CallLoop implements AutoCloseable {
    /** The name of the programs for observers that filter by name; the kernel keeps 15 bytes of it. */
    public static final String COMM = "workload";

    private final NativeProgram program = new NativeProgram(COMM);

    public CallLoop() throws IOException {}

    /**
     * The calls to make.
     *
     * @param kind kind of call, and its argument, as the program takes them
     * @param calls calls of each loop
     * @param rate calls a second of each loop, 0 for full speed
     * @param loops loops at the same time
     */
    public record Plan(List<String> kind, long calls, long rate, int loops) {}

    /**
     * The time of a round, averaged over the loops.
     *
     * @param wall nanoseconds that passed
     * @param cpu nanoseconds on a CPU, the kernel's work for the loop included, its reader's not
     */
    public record Time(double wall, double cpu) {
        public static final Time NEVER = new Time(Double.MAX_VALUE, Double.MAX_VALUE);

        /** Returns the better of each figure. */
        public Time least(Time other) {
            return new Time(Math.min(wall, other.wall), Math.min(cpu, other.cpu));
        }
    }

    public Time run(Plan plan) throws IOException, InterruptedException {
        return run(plan, pid -> {});
    }

    /** Runs a plan as {@link #run(Plan)} does, and passes on the id of each process before it begins. */
    public Time run(Plan plan, LongConsumer pids) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(plan.kind());
        arguments.add(1, Long.toString(plan.rate()));
        arguments.add(1, Long.toString(plan.calls()));
        List<Process> processes = new ArrayList<>();
        try {
            for (int i = 0; i < plan.loops(); i++) {
                processes.add(program.start(arguments));
            }
            for (Process process : processes) {
                pids.accept(process.pid());
            }
            for (Process process : processes) {
                process.getOutputStream().write('\n');
                process.getOutputStream().close();
            }
            double wall = 0;
            double cpu = 0;
            for (Process process : processes) {
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                if (process.waitFor() != 0) {
                    throw new IOException("the loop failed with " + process.exitValue());
                }
                String[] figures = output.strip().split(" ", -1);
                wall += Double.parseDouble(figures[0]);
                cpu += Double.parseDouble(figures[1]);
            }
            return new Time(wall / plan.loops(), cpu / plan.loops());
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    @Override
    public void close() throws IOException {
        program.close();
    }
}
