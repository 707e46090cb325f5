// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.ProcessView;
import dev.unraced.process.Ancestor;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import dev.unraced.process.Program;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes process events as lines for people, and the programs behind a call. Forks have no line of their own. */
final class ProcessText {
    private static final int CALL_WIDTH = 7;
    /** The programs of a chain that are shown. */
    private static final int MOST_NAMES = 8;

    private static final byte[] ARROW = " ← ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] ASCII_ARROW = LineBuffer.ascii(" <- ");

    private static final byte[] RAISED = " → ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] ASCII_RAISED = LineBuffer.ascii(" -> ");

    private final WallClock clock;
    private final TimeText timeText;
    private final boolean colour;
    private final SafeText safe;
    private final TableLayout layout;
    private final byte[] scratch = new byte[0x10000];

    ProcessText(WallClock clock, ZoneId zone, boolean colour, SafeText safe, TableLayout layout) {
        this.clock = clock;
        this.timeText = new TimeText("HH:mm:ss", zone);
        this.colour = colour;
        this.safe = safe;
        this.layout = layout;
    }

    /**
     * Appends a line for an exec, a failed exec or an exit.
     *
     * @param table knows the names of users; null for none
     */
    void event(ProcessView event, @Nullable ProcessTable table, LineBuffer out) {
        switch (event.type()) {
            case EXEC -> {
                begin(event, out, "exec");
                exec(event, out);
                user(table == null ? null : table.userOf(event), out);
            }
            case EXEC_FAILED -> {
                begin(event, out, "exec");
                failed(event, out);
                user(table == null ? null : table.userOf(event), out);
            }
            case EXIT -> {
                begin(event, out, "exit");
                exit(event, out);
            }
            case FORK, ALIVE -> {
                return;
            }
        }
        out.trimEnd();
        out.put('\n');
    }

    private void begin(ProcessView event, LineBuffer out, String what) {
        Style.TIME.start(out, colour);
        timeText.put(out, clock.epochNanos(event.nanos()), layout.subSecondDigits());
        end(out);
        out.put(' ');
        Style.TASK.start(out, colour);
        int start = out.length();
        put(out, event.comm(), '[');
        out.put('[').putDecimal(event.tgid()).put(']');
        Style.endColumn(out, colour, start, layout.taskWidth());
        Style.CALL.start(out, colour);
        int call = out.length();
        out.put(what);
        Style.endColumn(out, colour, call, CALL_WIDTH);
    }

    private void exec(ProcessView event, LineBuffer out) {
        if (event.has(EventFlag.HAS_FILE)) {
            out.put('"');
            put(out, event.executable(), '"');
            out.put('"');
        } else {
            out.put('?');
        }
        Style.DETAIL.start(out, colour);
        arguments(event.arguments(), out);
        end(out);
        mark(event, EventFlag.TRUNCATED, out);
        mark(event, EventFlag.FAULTED, out);
        mark(event, EventFlag.WITHHELD, out);
        mark(event, EventFlag.DELETED, out);
        mark(event, EventFlag.DETACHED, out);
        mark(event, EventFlag.RESOLVED_UNSTABLE, out);
        mark(event, EventFlag.FOREIGN_MOUNT_NS, out);
        boolean raised = event.hasCredentialsBefore() && event.effectiveUid() != event.effectiveUidBefore();
        if (raised || event.effectiveUid() != event.uid()) {
            Style.NOTE.start(out, colour);
            out.put(" euid ");
            if (raised) {
                out.putDecimal(event.effectiveUidBefore()).put(safe.isUtf8() ? RAISED : ASCII_RAISED);
            }
            out.putDecimal(event.effectiveUid());
            end(out);
        }
    }

    /** Appends what a failed exec asked for, and why it failed. */
    private void failed(ProcessView event, LineBuffer out) {
        if (event.path().isPresent()) {
            out.put('"');
            put(out, event.path(), '"');
            out.put('"');
        } else {
            out.put('?');
        }
        Style.FAILURE.start(out, colour);
        out.put(" = ").put(event.errnoName().orElse("")).put(event.errnoName().isPresent() ? " " : "");
        out.put('(').putDecimal(event.result()).put(')');
        end(out);
        if (event.pathIntegrity() == Integrity.CHANGED) {
            Style.NOTE.start(out, colour);
            out.put(" CHANGED");
            end(out);
        }
        mark(event, EventFlag.TRUNCATED, out);
        mark(event, EventFlag.FAULTED, out);
        mark(event, EventFlag.ENTER_MISSED, out);
        mark(event, EventFlag.STASH_FULL, out);
        mark(event, EventFlag.EXECUTION_UNKNOWN, out);
    }

    private void user(@Nullable ByteString name, LineBuffer out) {
        if (name != null) {
            name.copyTo(scratch, 0);
            Style.DETAIL.start(out, colour);
            out.put(" user ");
            safe.put(out, scratch, 0, name.length(), ' ');
            end(out);
        }
    }

    /** Appends the arguments with blanks between them; a blank within one is escaped. */
    private void arguments(BytesView view, LineBuffer out) {
        int length = view.copyTo(scratch, 0);
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (scratch[i] == 0 || i == length - 1) {
                out.put(' ');
                safe.put(out, scratch, start, scratch[i] == 0 ? i : length, ' ');
                start = i + 1;
            }
        }
    }

    private void exit(ProcessView event, LineBuffer out) {
        if (event.exitSignal() == 0) {
            (event.exitCode() == 0 ? Style.SUCCESS : Style.FAILURE).start(out, colour);
            out.put("= ").putDecimal(event.exitCode());
        } else {
            Style.FAILURE.start(out, colour);
            out.put("signal ").putDecimal(event.exitSignal());
        }
        end(out);
        mark(event, EventFlag.WITHHELD, out);
    }

    private void mark(ProcessView event, EventFlag flag, LineBuffer out) {
        if (event.has(flag)) {
            Style.NOTE.start(out, colour);
            out.put(' ').put(flag.name());
            end(out);
        }
    }

    /** Appends the programs behind a call, from the one that made it to the first: {@code curl ← bash ← sshd}. */
    void chain(EventView event, ProcessTable table, LineBuffer out) {
        Style.DETAIL.start(out, colour);
        ProcessImage image = table.imageOf(event);
        if (image == null) {
            out.put("by ?").put(table.absenceOf(event).name());
        } else {
            out.put("by ");
            name(image.comm(), image.program(), out);
            List<Ancestor> ancestors = image.ancestors();
            for (int i = 0; i < ancestors.size() && i < MOST_NAMES - 1; i++) {
                out.put(safe.isUtf8() ? ARROW : ASCII_ARROW);
                name(ancestors.get(i).comm(), ancestors.get(i).program(), out);
            }
        }
        end(out);
        out.put(' ');
    }

    /** Appends the last part of the executable's path, or the name of the first thread in brackets, or {@code ?}. */
    private void name(ByteString comm, Program program, LineBuffer out) {
        ByteString path = program.executable().orElse(null);
        if (path == null && comm.length() == 0) {
            out.put('?');
            return;
        }
        if (path == null) {
            comm.copyTo(scratch, 0);
            out.put('[');
            safe.put(out, scratch, 0, comm.length(), ']');
            out.put(']');
            return;
        }
        int length = path.length();
        path.copyTo(scratch, 0);
        int start = length;
        while (start > 0 && scratch[start - 1] != '/') {
            start--;
        }
        safe.put(out, scratch, start, length, ' ');
    }

    private void put(LineBuffer out, BytesView view, char delimiter) {
        safe.put(out, scratch, 0, view.copyTo(scratch, 0), delimiter);
    }

    private void end(LineBuffer out) {
        Style.RESET.start(out, colour);
    }
}
