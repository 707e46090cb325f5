// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The programs that see processes fork, execute programs and end, {@code process/process.bpf.c}. They are a separate
 * object, so that captures without process events pay nothing for them.
 */
final class ProcessPrograms {
    static final String OBJECT = "process.bpf.o";
    /** Ends before beginnings: a process that ends while the programs attach was not forked yet for the reader. */
    private static final List<String> EVENTS = List.of("process_exit", "process_exec", "process_fork");

    private static final String ALIVE = "process_alive";

    private final BpfObject object;

    private ProcessPrograms(BpfObject object) {
        this.object = object;
    }

    /**
     * Loads and attaches the programs, then makes an event of each process that is there. A failure leaves nothing
     * behind.
     *
     * @param main the programs of calls, whose ring, filters and counters these share
     */
    static ProcessPrograms attach(BpfObject main) throws EbpfFailure {
        Set<String> wanted = Stream.concat(EVENTS.stream(), Stream.of(ALIVE)).collect(Collectors.toSet());
        BpfObject object = BpfObject.loadBeside(main, OBJECT, wanted);
        boolean attached = false;
        try {
            for (String program : EVENTS) {
                object.attach(program);
            }
            object.iterate(ALIVE);
            attached = true;
            return new ProcessPrograms(object);
        } finally {
            if (!attached) {
                object.close();
            }
        }
    }

    /** Detaches the programs; their maps stay. */
    void detach() {
        object.detach();
    }

    /** Counts the events for which the kernel did not run a program, because it already ran on that CPU. */
    long missed() {
        return EVENTS.stream()
                .mapToLong(program -> ProgramInfo.of(object.program(program)).misses())
                .sum();
    }

    void close() {
        object.close();
    }
}
