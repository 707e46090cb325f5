// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.explorer.TimelineRow;
import dev.unraced.explorer.TimelineRow.Kind;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.kernel.AddressSpace;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes each step in words, right after it, while the values are still those of the step. */
final class Narrator {
    private static final int BLOCK_SIZE = 12;

    private final Referee referee;
    private final Mitigation mitigation;
    private int thread;
    private List<TimelineRow> rows = List.of();

    Narrator(Referee referee, Mitigation mitigation) {
        this.referee = referee;
        this.mitigation = mitigation;
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
            if (task.call() == null && !call.isDone()) {
                add(Kind.EXIT, "a worker of the kernel's goes on");
            }
        }
        return rows;
    }

    private void tell(Task task, @Nullable Action action, Call call, CallStep step) {
        boolean failed = call.next() == CallStep.EXIT && call.result() < 0;
        switch (step) {
            case ENTER -> {
                add(Kind.ENTER, action == null ? again(call) : action.text());
                entry(task, call);
            }
            case COPY_HOW -> {
                long[] how = call.kernelHow();
                copy("copy_struct_from_user", call, how == null ? null : "how " + Words.how(how[0], how[2]));
            }
            case COPY_PATH -> {
                byte[] path = call.kernelPath();
                copy("getname", call, path == null ? null : Words.path(path));
                submission(call, path);
            }
            case COPY_BLOCK -> {
                long[] block = call.kernelBlock();
                copy("sys_socketcall", call, block == null ? null : "descriptor " + block[0]);
            }
            case COPY_ADDRESS -> {
                byte[] address = call.kernelAddress();
                copy("move_addr_to_kernel", call, address == null ? null : Words.address(address));
                submission(call, address);
            }
            case WORK, WAIT -> work(task, call, failed);
            case LOOK -> note("the observer reads a name");
            case INSTALL -> add(Kind.WORK, "fd_install: " + call.result());
            case EXIT -> {
                add(Kind.EXIT, Words.name(call.syscall()) + " = " + Words.result(call.result()));
                exit();
            }
        }
    }

    /** Describes an entry that no action of the thread begins. */
    private static String again(Call call) {
        return call.origin() == Origin.IO_URING
                ? "the next request: " + Words.name(call.syscall())
                : Words.name(call.syscall()) + ", restarted";
    }

    private void entry(Task task, Call call) {
        boolean isSeen = call.origin() == Origin.SYSCALL && !call.isRefused();
        if (!referee.isWatching() || mitigation == Mitigation.OFF || !isSeen) {
            return;
        }
        String argument = argument(task.group().memory(), call);
        note(
                argument == null
                        ? "sys_enter: the observer cannot read it, the page is not in memory"
                        : "sys_enter: the observer reads " + argument);
    }

    private void submission(Call call, byte @Nullable [] copied) {
        if (referee.isWatching() && call.origin() == Origin.IO_URING && copied != null) {
            note("submitted: the observer takes the kernel's copy");
        }
    }

    private static @Nullable String argument(AddressSpace memory, Call call) {
        if (call.block() != 0) {
            byte[] block = new byte[BLOCK_SIZE];
            return memory.copyCarefully(call.block(), block, BLOCK_SIZE) ? "descriptor " + block[0] : null;
        }
        if (call.syscall() == Syscall.CONNECT) {
            int length = (int) call.register(2);
            byte[] address = new byte[length];
            return memory.copyCarefully(call.register(1), address, length) ? Words.address(address) : null;
        }
        byte[] path = new byte[RecordLayout.PATH_MAX];
        boolean isPlain = call.syscall() == Syscall.OPEN || call.syscall() == Syscall.CREAT;
        int length = memory.stringCarefully(call.register(isPlain ? 0 : 1), path, path.length);
        if (length < 0) {
            return null;
        }
        String text = Words.path(Arrays.copyOf(path, length));
        byte[] how = new byte[OpenFlags.OPEN_HOW_SIZE];
        if (call.syscall() == Syscall.OPENAT2 && memory.copyCarefully(call.register(2), how, OpenFlags.OPEN_HOW_SIZE)) {
            ByteBuffer fields = ByteBuffer.wrap(how).order(ByteOrder.LITTLE_ENDIAN);
            text += ", how " + Words.how(fields.getLong(0), fields.getLong(2 * Long.BYTES));
        }
        return text;
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
        if (referee.isWatching() && mitigation == Mitigation.KERNEL) {
            note("the observer takes the kernel's copy");
        }
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
        if (!referee.isWatching()) {
            return;
        }
        Referee.Finding finding = referee.findings().get(referee.findings().size() - 1);
        if (finding.event() == null) {
            note("no event, or several");
        } else {
            List<String> lines = Words.event(finding.event());
            note("event: " + lines.get(0));
            note(lines.get(1));
        }
        note(finding.verdict().name());
    }

    private void note(String text) {
        add(Kind.NOTE, text);
    }

    private void add(Kind kind, String text) {
        rows.add(new TimelineRow(thread, text, kind));
    }
}
