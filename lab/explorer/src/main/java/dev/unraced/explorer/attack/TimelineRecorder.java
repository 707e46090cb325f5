// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.explorer.TimelineRow;
import dev.unraced.explorer.TimelineRow.Kind;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes each step in words, right after it, while the values are still those of the step. */
final class TimelineRecorder {
    private final EventJudge judge;
    private final ObserverNotes observer;
    private int thread;
    private List<TimelineRow> rows = List.of();

    TimelineRecorder(EventJudge judge, ObserverNotes observer) {
        this.judge = judge;
        this.observer = observer;
    }

    /** Begins a step. What the observer did before, while the attack was set up, is no part of the timeline. */
    void begin() {
        observer.drain();
    }

    /**
     * Returns the rows of one step.
     *
     * @param action the action that the thread began, if any
     * @param step the step of the call, if any
     */
    List<TimelineRow> tell(
            int index,
            Script script,
            Task task,
            @Nullable Action action,
            @Nullable Call call,
            @Nullable CallStep step) {
        thread = index;
        rows = new ArrayList<>();
        if (call == null || step == null) {
            add(script.isAttacker() ? Kind.ATTACK : Kind.USER, action == null ? "" : action.text());
        } else if (task.isDead() && !call.isDone()) {
            add(Kind.EXIT, "killed in the call: sys_exit never comes");
        } else {
            tell(task, action, call, step);
            observer.drain().forEach(this::note);
            if (step == CallStep.EXIT) {
                exit();
            }
            if (task.call() == null && !call.isDone()) {
                add(Kind.EXIT, "a worker of the kernel's goes on");
            }
        }
        return rows;
    }

    private void tell(Task task, @Nullable Action action, Call call, CallStep step) {
        boolean failed = call.next() == CallStep.EXIT && call.result() < 0;
        switch (step) {
            case ENTER -> add(Kind.ENTER, action == null ? again(call) : action.text());
            case COPY_HOW -> {
                long[] how = call.kernelHow();
                copy("copy_struct_from_user", call, how == null ? null : "how " + Words.how(how[0], how[2]));
            }
            case COPY_PATH -> {
                byte[] path = call.kernelPath();
                copy("getname", call, path == null ? null : Words.path(path));
            }
            case COPY_BLOCK -> {
                long[] block = call.kernelBlock();
                copy("sys_socketcall", call, block == null ? null : "descriptor " + block[0]);
            }
            case COPY_ADDRESS -> {
                byte[] address = call.kernelAddress();
                copy("move_addr_to_kernel", call, address == null ? null : Words.address(address));
            }
            case WORK, WAIT -> work(task, call, failed);
            case LOOK -> {
                // The call itself does not advance.
            }
            case INSTALL -> add(Kind.WORK, "fd_install: " + call.result());
            case EXIT -> add(Kind.EXIT, Words.name(call.syscall()) + " = " + Words.result(call.result()));
        }
    }

    /** Describes an entry that no action of the thread begins. */
    private static String again(Call call) {
        return call.origin() == Origin.IO_URING
                ? "the next request: " + Words.name(call.syscall())
                : Words.name(call.syscall()) + ", restarted";
    }

    private void copy(String function, Call call, @Nullable String copied) {
        add(
                Kind.COPY,
                function + ": " + (copied == null ? Words.result(call.result()) : "the kernel copies " + copied));
    }

    private void work(Task task, Call call, boolean failed) {
        boolean isConnect = call.syscall() == Syscall.CONNECT;
        String function = isConnect ? "__sys_connect_file: " : "do_filp_open: ";
        // A worker's first step begins its bar in the timeline.
        Kind kind = call.caller(task) == task ? Kind.WORK : Kind.ENTER;
        if (call.next() == CallStep.WAIT) {
            add(kind, function + "blocks");
            return;
        }
        add(kind, function + (failed ? Words.result(call.result()) : object(task, call)));
    }

    private static String object(Task task, Call call) {
        if (call.file() == null) {
            return Words.result(call.result());
        }
        if (call.file().privateData() instanceof Socket socket) {
            byte[] peer = socket.remote();
            return peer == null ? "no peer" : "connects to " + Words.address(peer);
        }
        return "opens " + Words.path(call.file().resolve(task.fs()).path()) + ", inode "
                + call.file().inode().number();
    }

    private void exit() {
        if (!judge.isWatching()) {
            return;
        }
        EventJudge.Finding finding = judge.findings().get(judge.findings().size() - 1);
        boolean deceives = finding.verdict().compareTo(Verdict.WARNED) > 0;
        Kind kind = deceives ? Kind.FORGED : Kind.NOTE;
        if (finding.event() == null) {
            note("no event, or several");
        } else {
            List<String> lines = Words.event(finding.event());
            add(kind, "event: " + lines.get(0));
            note(lines.get(1));
        }
        add(kind, finding.verdict().name());
    }

    private void note(String text) {
        add(Kind.NOTE, text);
    }

    private void add(Kind kind, String text) {
        rows.add(new TimelineRow(thread, text, kind));
    }
}
