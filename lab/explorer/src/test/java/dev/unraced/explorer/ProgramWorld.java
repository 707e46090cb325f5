// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Programs without loops over shared variables, locks and semaphores. */
final class ProgramWorld implements World {
    private static final int THINGS = 4;

    private final List<List<Instruction>> programs;
    private final long[] variables = new long[THINGS];
    private final int[] owners = new int[THINGS];
    private final int[] semaphores = new int[THINGS];
    private final int[] counters;
    private final boolean[] waiting;
    private final long[] seen;

    ProgramWorld(List<List<Instruction>> programs) {
        this.programs = programs;
        counters = new int[programs.size()];
        waiting = new boolean[programs.size()];
        seen = new long[programs.size()];
        Arrays.fill(owners, -1);
    }

    @SafeVarargs
    static Supplier<ProgramWorld> of(List<Instruction>... programs) {
        List<List<Instruction>> all = new ArrayList<>();
        for (List<Instruction> program : programs) {
            all.add(program);
        }
        return () -> new ProgramWorld(all);
    }

    static Supplier<ProgramWorld> random(long seed, int threads, int steps, int things) {
        Random random = new Random(seed);
        List<List<Instruction>> programs = new ArrayList<>();
        Instruction.Op[] ops = Instruction.Op.values();
        for (int i = 0; i < threads; i++) {
            List<Instruction> program = new ArrayList<>();
            for (int j = 0; j < steps; j++) {
                program.add(new Instruction(ops[random.nextInt(ops.length)], random.nextInt(things)));
            }
            programs.add(program);
        }
        return () -> new ProgramWorld(programs);
    }

    /** Returns all state that differs between ends, with the values that each thread read. */
    String state() {
        return Arrays.toString(variables)
                + Arrays.toString(owners)
                + Arrays.toString(semaphores)
                + Arrays.toString(counters)
                + Arrays.toString(waiting)
                + Arrays.toString(seen);
    }

    long variable(int number) {
        return variables[number];
    }

    @Override
    public int threads() {
        return counters.length;
    }

    @Override
    public boolean isFinished(int thread) {
        return counters[thread] >= programs.get(thread).size();
    }

    @Override
    public boolean isEnabled(int thread) {
        if (isFinished(thread)) {
            return false;
        }
        Instruction next = programs.get(thread).get(counters[thread]);
        return switch (next.op()) {
            case LOCK -> owners[next.on()] < 0;
            case TRY_THEN_WAIT -> !waiting[thread] || owners[next.on()] < 0;
            case DOWN -> semaphores[next.on()] > 0;
            default -> true;
        };
    }

    @Override
    public Step step(int thread) {
        Instruction now = programs.get(thread).get(counters[thread]++);
        int on = now.on();
        switch (now.op()) {
            case READ -> seen[thread] = 31 * seen[thread] + variables[on];
            case WRITE -> variables[on] = 100L * (thread + 1) + counters[thread];
            case ADD -> variables[on] = 3 * variables[on] + thread + 1;
            case SKIP_IF_SET -> counters[thread] += variables[on] != 0 ? 1 : 0;
            case LOCK, TRY_THEN_WAIT -> {
                waiting[thread] = owners[on] >= 0;
                if (waiting[thread]) {
                    counters[thread]--;
                } else {
                    owners[on] = thread;
                }
            }
            case UNLOCK -> owners[on] = -1;
            case DOWN -> semaphores[on]--;
            case UP -> semaphores[on]++;
        }
        return new Step(thread, now);
    }

    static List<Instruction> repeat(int times, Instruction instruction) {
        List<Instruction> program = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            program.add(instruction);
        }
        return program;
    }
}
