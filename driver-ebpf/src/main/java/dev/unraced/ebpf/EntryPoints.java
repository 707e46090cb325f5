// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.ebpf.libbpf.Machine;
import dev.unraced.event.Syscall;
import dev.unraced.machine.KernelTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The programs that see calls, besides those of single native calls. Where calls of every convention are watched, one
 * program sees the entry of all calls and one their return; further programs see io_uring requests.
 * {@code syscall/compat.h}, {@code out/tail_call.h} and {@code iouring} hold them.
 */
final class EntryPoints {
    /** A value of {@code enum finisher} in {@code lib/maps.h}. */
    private static final int FINISH_OPENS = 0;

    private static final int FINISH_CONNECT = 1;

    private static final List<String> ALL_CONVENTIONS = List.of("all_exit", "all_enter");
    /** The same programs, which also call those that see execve and execveat. */
    private static final List<String> ALL_CONVENTIONS_AND_EXECS = List.of("all_exit_execs", "all_enter_execs");

    /** The programs that see the end of a request. */
    static final List<String> ENDS = List.of("request_complete", "request_overflow", "request_unlink");

    private static final List<String> REQUESTS = Stream.concat(
                    ENDS.stream(), Stream.of("request_punt", "request_refuse"))
            .toList();

    /** The programs that see polls; only connects poll. */
    private static final List<String> POLLS = List.of("request_poll", "request_polled");

    /** The program that sees TCP attempts which no connect makes. */
    private static final String ATTEMPT = "socket_attempt";

    /** The programs that see pidfd_getfd(2), where no program sees all calls. */
    private static final List<String> TAKERS = List.of("exit_pidfd_getfd", "enter_pidfd_getfd");

    /** The number of a request's flag in the kernel's enumeration of them, which has no name. */
    private static final String POLLED = "REQ_F_POLLED_BIT";

    private static final String CLEANUP = "REQ_F_NEED_CLEANUP_BIT";

    private static final String SUBMIT = "request_submit";
    /** The same program for the tracepoint's name on older kernels. Each kernel has one of the two names. */
    private static final String SUBMIT_BEFORE = "request_submit_sqe";

    /**
     * The program that sees the making of rings. It is attached last: of a ring that it saw, the others see each
     * submission.
     */
    private static final String RING = "request_ring";

    private EntryPoints() {}

    /** Returns the names of the programs that these settings need, in the order of attaching. */
    static List<String> programs(EbpfSettings settings) {
        List<String> programs = new ArrayList<>(finishers(settings));
        if (settings.isAtFunctions()) {
            programs.addAll(CallFunctions.workers(settings));
        }
        programs.addAll(callsOf(settings));
        if (settings.syscalls().contains(Syscall.CONNECT)) {
            programs.add(ATTEMPT);
            programs.addAll(takers(settings));
        }
        programs.addAll(requests(settings.syscalls()));
        programs.addAll(List.of(SUBMIT, SUBMIT_BEFORE, RING));
        return programs;
    }

    /**
     * Attaches the programs, ends before beginnings: a call that began unseen is an end without a beginning, not the
     * reverse.
     */
    static void attach(BpfObject object, EbpfSettings settings, boolean hasRequests) throws EbpfFailure {
        for (String finisher : finishers(settings)) {
            int at = finisher.equals("finish_connect") ? FINISH_CONNECT : FINISH_OPENS;
            object.putInt("finishers", at, object.program(finisher));
        }
        if (settings.syscalls().contains(Syscall.CONNECT)) {
            object.attach(ATTEMPT);
            for (String program : takers(settings)) {
                object.attach(program);
            }
        }
        if (hasRequests) {
            attachRequests(object, settings.syscalls());
        }
        if (settings.isAtFunctions()) {
            CallFunctions.place(object, settings);
        }
        for (String program : callsOf(settings)) {
            object.attach(program);
        }
    }

    /** Returns the programs of calls, except those at the tracepoints of single calls; returns before entries. */
    private static List<String> callsOf(EbpfSettings settings) {
        if (settings.isAtFunctions()) {
            return CallFunctions.programs(settings);
        }
        if (!servesAllConventions(settings)) {
            return List.of();
        }
        return callsForExecs(settings) ? ALL_CONVENTIONS_AND_EXECS : ALL_CONVENTIONS;
    }

    /** Returns whether the programs that see all calls call those that see execve and execveat. */
    static boolean callsForExecs(EbpfSettings settings) {
        return settings.processEvents() && missesNone(settings);
    }

    /** Returns whether this program sees the return of all calls. */
    static boolean seesAllReturns(String program) {
        return program.equals(ALL_CONVENTIONS.get(0)) || program.equals(ALL_CONVENTIONS_AND_EXECS.get(0));
    }

    /**
     * Returns the flag of a request that has polled its file; 0 when it is not needed, or not known. Then the programs
     * take it for set.
     */
    static int polledFlag(EbpfSettings settings, boolean hasRequests) {
        return hasRequests && settings.syscalls().contains(Syscall.CONNECT) ? flag(POLLED) : 0;
    }

    /** Returns the flag that an open on an io_uring has until it has run; 0 when it is not known. */
    static int cleanupFlag() {
        return flag(CLEANUP);
    }

    private static int flag(String name) {
        return KernelTypes.read().enumerator(name).stream()
                .map(bit -> 1 << bit)
                .findFirst()
                .orElse(0);
    }

    private static List<String> takers(EbpfSettings settings) {
        return settings.isAtFunctions() || servesAllConventions(settings) ? List.of() : TAKERS;
    }

    private static void attachRequests(BpfObject object, Set<Syscall> syscalls) throws EbpfFailure {
        for (String program : requests(syscalls)) {
            object.attach(program);
        }
        try {
            object.attach(SUBMIT);
        } catch (EbpfFailure e) {
            if (e.step() != Step.ATTACH && e.step() != Step.FIND_TRACEPOINT) {
                throw e;
            }
            object.attach(SUBMIT_BEFORE);
        }
        object.attach(RING);
    }

    /** Returns the programs of requests, except those at the submission. */
    private static List<String> requests(Set<Syscall> syscalls) {
        List<String> programs = new ArrayList<>(REQUESTS);
        if (syscalls.contains(Syscall.CONNECT)) {
            programs.addAll(POLLS);
        }
        return programs;
    }

    private static List<String> finishers(EbpfSettings settings) {
        return ofKinds(settings, List.of("finish_opens"), List.of("finish_connect"));
    }

    /** Returns the programs for opens, for connects, or for both, as the settings watch them. */
    static List<String> ofKinds(EbpfSettings settings, List<String> opens, List<String> connects) {
        List<String> programs = new ArrayList<>();
        if (settings.syscalls().stream().anyMatch(Syscall::isOpenLike)) {
            programs.addAll(opens);
        }
        if (settings.syscalls().contains(Syscall.CONNECT)) {
            programs.addAll(connects);
        }
        return programs;
    }

    /**
     * Returns whether calls of every convention are watched. At tracepoints, one pair of programs then serves them all,
     * including native calls.
     */
    static boolean servesAllConventions(EbpfSettings settings) {
        return settings.compat() && isX86();
    }

    /**
     * Returns whether the kernel never skips a program at an entry, as with raw tracepoints that cannot be preempted.
     * It skips the programs of perf events while another program runs on the CPU.
     */
    static boolean missesNone(EbpfSettings settings) {
        return !settings.isAtFunctions()
                && servesAllConventions(settings)
                && Tracepoints.of(settings.perfEvents()) == Tracepoints.RAW;
    }

    /** Returns whether calls can be made by a convention that no program sees. */
    static boolean isBlind(EbpfSettings settings) {
        return isX86() && !settings.compat();
    }

    private static boolean isX86() {
        return Machine.localArchitecture().equals("x86_64");
    }
}
