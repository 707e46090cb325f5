// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.ProgramInfo;
import dev.unraced.machine.OfferedAbis;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** The programs at the tracepoints of all calls that see execve and execveat; returns before entries. */
    private static final List<String> AT_TRACEPOINTS = List.of("exit_all_execs", "enter_all_execs");

    /** The programs that those of all calls call, and their places; returns before entries. */
    private static final Map<String, Integer> CALLED = placed("exit_called_execs", "enter_called_execs");

    /** A map of the programs of calls. */
    private static final String PLACES = "exec_programs";

    private final BpfObject object;

    private ProcessPrograms(BpfObject object) {
        this.object = object;
    }

    /**
     * Loads and attaches the programs, then makes an event of each process that is there. A failure leaves nothing
     * behind.
     *
     * @param main the programs of calls, whose ring, filters and counters these share
     * @param settings those of the programs of calls
     */
    static ProcessPrograms attach(BpfObject main, EbpfSettings settings) throws EbpfFailure {
        List<String> events =
                Stream.concat(EVENTS.stream(), execs(settings).stream()).toList();
        Map<String, Integer> called = EntryPoints.callsForExecs(settings) ? CALLED : Map.of();
        Set<String> wanted = Stream.of(events, called.keySet(), List.of(ALIVE))
                .flatMap(Collection::stream)
                .collect(Collectors.toSet());
        BpfObject object = BpfObject.loadBeside(main, OBJECT, wanted);
        boolean attached = false;
        try {
            for (String program : events) {
                object.attach(program);
            }
            for (Map.Entry<String, Integer> program : called.entrySet()) {
                main.putInt(PLACES, program.getValue(), object.program(program.getKey()));
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

    private static Map<String, Integer> placed(String atReturn, String atEntry) {
        Map<String, Integer> programs = new LinkedHashMap<>();
        // enum exec_program of syscall/compat.h
        programs.put(atReturn, 1);
        programs.put(atEntry, 0);
        return programs;
    }

    /** Returns the programs to attach that see execve and execveat, where the programs of other calls are. */
    private static List<String> execs(EbpfSettings settings) {
        if (EntryPoints.callsForExecs(settings)) {
            return List.of();
        }
        if (!settings.isAtFunctions()) {
            return AT_TRACEPOINTS;
        }
        Stream<String> abis = Stream.of("native");
        if (EntryPoints.servesAllConventions(settings)) {
            abis = Stream.concat(
                    abis, OfferedAbis.ia32UnavailableReason() == null ? Stream.of("ia32") : Stream.empty());
            abis = Stream.concat(abis, OfferedAbis.x32UnavailableReason() == null ? Stream.of("x32") : Stream.empty());
        }
        List<String> calls = abis.flatMap(abi -> Stream.of(abi + "_execve", abi + "_execveat"))
                .toList();
        return Stream.concat(
                        calls.stream().map(call -> "exit_" + call),
                        calls.stream().map(call -> "enter_" + call))
                .toList();
    }

    /** Detaches the programs; their maps stay. */
    void detach() {
        object.detach();
    }

    /**
     * Counts the events for which the kernel did not run a program, because it already ran on that CPU. A return from
     * execve that it missed is found by what the call has left ({@code lose_attempt()} of process/attempts.h).
     */
    long missed() {
        return EVENTS.stream()
                .mapToLong(program -> ProgramInfo.of(object.program(program)).misses())
                .sum();
    }

    void close() {
        object.close();
    }
}
