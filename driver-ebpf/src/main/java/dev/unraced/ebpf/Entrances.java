// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.ebpf.EbpfFailure.Step;
import dev.unraced.event.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The programs for calls that do not come by the native convention: their own at entry and return, and a pair for all
 * of them that finishes the events. {@code finish.h}, {@code compat.h} and {@code uring.h} hold them.
 */
final class Entrances {
    /** Of {@code enum finisher} in {@code maps.h}. */
    private static final int FINISH_OPENS = 0;

    private static final int FINISH_CONNECT = 1;

    /** The last one's name of older kernels stands beside it; one of the two is there. */
    private static final List<String> REQUESTS = List.of(
            "request_complete",
            "request_overflow",
            "request_punt",
            "request_refuse",
            "request_submit",
            "request_submit_sqe");

    private Entrances() {}

    /** Names of the programs that these settings need, in the order in which they are to be attached. */
    static List<String> programs(EbpfSettings settings) {
        List<String> programs = new ArrayList<>(finishers(settings.syscalls()));
        programs.addAll(compat(settings));
        programs.addAll(REQUESTS);
        return programs;
    }

    /** Names of all programs of this kind in the object for this machine. */
    static List<String> all() {
        List<String> programs = new ArrayList<>(List.of("finish_opens", "finish_connect"));
        programs.addAll(REQUESTS);
        if (isX86()) {
            programs.addAll(List.of("compat_exit", "compat_enter"));
        }
        return programs;
    }

    /** Attaches them, ends before beginnings: what began unseen is an end without a beginning, not the reverse. */
    static void attach(BpfObject object, EbpfSettings settings, boolean hasRequests) throws EbpfFailure {
        for (String finisher : finishers(settings.syscalls())) {
            int at = finisher.equals("finish_connect") ? FINISH_CONNECT : FINISH_OPENS;
            object.putInt("finishers", at, object.program(finisher));
        }
        if (hasRequests) {
            attachRequests(object);
        }
        for (String program : compat(settings)) {
            object.attach(program);
        }
    }

    private static void attachRequests(BpfObject object) throws EbpfFailure {
        for (String program : REQUESTS.subList(0, 4)) {
            object.attach(program);
        }
        try {
            object.attach(REQUESTS.get(4));
        } catch (EbpfFailure e) {
            if (e.step() != Step.ATTACH) {
                throw e;
            }
            object.attach(REQUESTS.get(5));
        }
    }

    private static List<String> finishers(Set<Syscall> syscalls) {
        List<String> finishers = new ArrayList<>();
        if (syscalls.stream().anyMatch(Syscall::isOpenLike)) {
            finishers.add("finish_opens");
        }
        if (syscalls.contains(Syscall.CONNECT)) {
            finishers.add("finish_connect");
        }
        return finishers;
    }

    private static List<String> compat(EbpfSettings settings) {
        return settings.compat() && isX86() ? List.of("compat_exit", "compat_enter") : List.of();
    }

    private static boolean isX86() {
        return Machine.localArchitecture().equals("x86_64");
    }
}
