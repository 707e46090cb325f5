// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.gvisor.SandboxProcess.PendingExec;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The processes of one sandbox by their ids. A look-up allocates nothing. Only the merging thread touches it. */
final class SandboxProcesses {
    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;

    private final SandboxProcess @Nullable [][] pages = new SandboxProcess[Connection.THREAD_LIMIT >> PAGE_BITS][];
    /** The execs that have sent their payload point, and have not returned, by thread. */
    final Map<Integer, PendingExec> execs = new HashMap<>();

    /** The execs that have entered, and those that have just returned an error, by thread. */
    final Map<Integer, ExecAttempt> attempts = new HashMap<>();
    /** The threads of these, and those with an exec that had no room there. */
    final BitSet attempting = new BitSet();
    /** The threads whose last exec has had its event, while its payload point may still come. */
    final BitSet told = new BitSet();

    /** The number of processes with an exec that has returned, and is not certain yet. */
    private int returned;

    /** Set once the user was told that the session lacks the points of processes. */
    boolean isWarnedOf;

    /** Set until a payload point of an exec call has come, or the user was told that the session may lack them. */
    boolean mayLackExecCalls = true;

    @Nullable
    SandboxProcess get(int tgid) {
        SandboxProcess[] page = pages[tgid >> PAGE_BITS];
        return page == null ? null : page[tgid & (PAGE - 1)];
    }

    /** Returns the number of execs that are kept. */
    int keptExecs() {
        return execs.size() + returned;
    }

    /** Sets the returned exec of a process, or null for none. */
    void returned(SandboxProcess process, @Nullable PendingExec exec) {
        returned += (exec == null ? 0 : 1) - (process.exec == null ? 0 : 1);
        process.exec = exec;
    }

    void attempt(ExecAttempt attempt) {
        attempts.put(attempt.tid, attempt);
        attempting.set(attempt.tid);
    }

    void forgetAttempt(int tid) {
        if (attempting.get(tid)) {
            attempts.remove(tid);
            attempting.clear(tid);
        }
    }

    void forgetAttempts() {
        attempts.clear();
        attempting.clear();
        told.clear();
    }

    /** Adds a process in place of an earlier one with the same id. */
    void put(SandboxProcess process) {
        SandboxProcess earlier = get(process.tgid);
        if (earlier != null) {
            returned(earlier, null);
        }
        int at = process.tgid >> PAGE_BITS;
        SandboxProcess[] page = pages[at];
        if (page == null) {
            page = new SandboxProcess[PAGE];
            pages[at] = page;
        }
        page[process.tgid & (PAGE - 1)] = process;
    }

    void remove(SandboxProcess process) {
        returned(process, null);
        SandboxProcess[] page = pages[process.tgid >> PAGE_BITS];
        if (page != null) {
            page[process.tgid & (PAGE - 1)] = null;
        }
    }

    void forEach(Consumer<SandboxProcess> action) {
        for (SandboxProcess[] page : pages) {
            if (page != null) {
                for (SandboxProcess process : page) {
                    if (process != null) {
                        action.accept(process);
                    }
                }
            }
        }
    }
}
