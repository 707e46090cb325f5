// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.ProcessView;
import dev.unraced.process.Ancestor;
import dev.unraced.process.Container;
import dev.unraced.process.ContainerDetails;
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

    private static final byte[] MORE = "…".getBytes(StandardCharsets.UTF_8);
    private static final byte[] ASCII_MORE = LineBuffer.ascii("..");

    private static final EventFlag[] FLAGS = EventFlag.values();
    private static final String LEGEND = "! behind a program: its path may not lead to the file that it executes, which"
            + " was deleted or lies elsewhere; --wide says why";

    /** The length of container ids from which they are cut, as docker ps does. */
    private static final int LONG_ID = 40;

    private static final int SHORT_ID = 12;

    private static final byte[] RAISED = " → ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] ASCII_RAISED = LineBuffer.ascii(" -> ");

    private final WallClock clock;
    private final TimeText timeText;
    private final boolean colour;
    private final SafeText safe;
    private final TableLayout layout;
    private final byte[] scratch = new byte[0x10000];
    private final ContainerTexts names = new ContainerTexts(this::names);
    private boolean hasSigns;
    private boolean isLegendTaken;

    ProcessText(WallClock clock, ZoneId zone, boolean colour, SafeText safe, TableLayout layout) {
        this.clock = clock;
        this.timeText = new TimeText("HH:mm:ss", zone);
        this.colour = colour;
        this.safe = safe;
        this.layout = layout;
    }

    /** Returns what explains the sign of programs, once after one was written; else an empty text. */
    String takeLegend() {
        if (!hasSigns || isLegendTaken) {
            return "";
        }
        isLegendTaken = true;
        return LEGEND;
    }

    /**
     * Appends a line for an exec, a failed exec or an exit.
     *
     * @param table knows users, containers and the program that asked for a failed exec; null for none
     */
    void event(ProcessView event, @Nullable ProcessTable table, LineBuffer out) {
        switch (event.type()) {
            case EXEC -> {
                begin(event, out, "exec");
                exec(event, out);
                container(event, table, out);
                user(table == null ? null : table.userOf(event), out);
            }
            case EXEC_FAILED -> {
                begin(event, out, "exec");
                failed(event, out);
                ProcessImage image = table == null ? null : table.imageOf(event);
                if (image != null) {
                    out.put(' ');
                    chain(image, out);
                }
                container(event, table, out);
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
        changed(event, out);
        mark(event, EventFlag.TRUNCATED, out);
        mark(event, EventFlag.FAULTED, out);
        mark(event, EventFlag.WITHHELD, out);
        mark(event, EventFlag.DELETED, out);
        mark(event, EventFlag.DETACHED, out);
        mark(event, EventFlag.RESOLVED_UNSTABLE, out);
        mark(event, EventFlag.FOREIGN_MOUNT_NS, out);
        credentials(event, out);
    }

    /** Appends the effective ids where the exec changed them, or they differ from the real ones, or capabilities. */
    private void credentials(ProcessView event, LineBuffer out) {
        boolean known = event.hasCredentialsBefore();
        boolean byUser = known && event.effectiveUid() != event.effectiveUidBefore();
        if (byUser || event.effectiveUid() != event.uid()) {
            id(" euid ", byUser, event.effectiveUidBefore(), event.effectiveUid(), out);
        }
        boolean byGroup = known && event.effectiveGid() != event.effectiveGidBefore();
        if (byGroup || event.effectiveGid() != event.gid()) {
            id(" egid ", byGroup, event.effectiveGidBefore(), event.effectiveGid(), out);
        }
        // The capabilities of root come with the user.
        if (known && !byUser && (event.capabilities() & ~event.capabilitiesBefore()) != 0) {
            Style.NOTE.start(out, colour);
            out.put(" capabilities 0x").put(Long.toHexString(event.capabilitiesBefore()));
            out.put(safe.isUtf8() ? RAISED : ASCII_RAISED);
            out.put("0x").put(Long.toHexString(event.capabilities()));
            end(out);
        }
    }

    private void id(String what, boolean changed, long before, long now, LineBuffer out) {
        Style.NOTE.start(out, colour);
        out.put(what);
        if (changed) {
            out.putDecimal(before).put(safe.isUtf8() ? RAISED : ASCII_RAISED);
        }
        out.putDecimal(now);
        end(out);
    }

    private void changed(ProcessView event, LineBuffer out) {
        if (event.pathIntegrity() == Integrity.CHANGED) {
            Style.NOTE.start(out, colour);
            out.put(" CHANGED");
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
        out.put(" = ");
        if (event.errnoName().isPresent()) {
            out.put(event.errnoName().get());
        } else {
            out.putDecimal(event.result());
        }
        end(out);
        changed(event, out);
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

    private void container(ProcessView event, @Nullable ProcessTable table, LineBuffer out) {
        Container container = table == null ? null : table.containerOf(event);
        if (container != null) {
            out.put(' ');
            container(container, table, out);
        }
    }

    /** Appends a container by the names that the node's runtime has for it, else by what its cgroup says. */
    void container(Container container, ProcessTable table, LineBuffer out) {
        Style.DETAIL.start(out, colour);
        ContainerDetails details = table.detailsOf(container);
        if (details == null) {
            named(container, out);
        } else {
            names.put(details, out);
        }
        end(out);
    }

    /** Appends the runtime, the id, and the user who can have made the cgroup without a container. */
    private void named(Container container, LineBuffer out) {
        out.put('{');
        // A sandbox's calls have the id alone.
        if (!container.runtime().equals(Container.UNKNOWN)
                && !container.runtime().equals("gvisor")) {
            out.put(container.runtime()).put(':');
        }
        String id = container.id();
        int shown = shownOfId(id.length());
        for (int i = 0; i < shown; i++) {
            scratch[i] = (byte) id.charAt(i);
        }
        safe.put(out, scratch, 0, shown, '}');
        if (container.delegatedTo().isPresent()) {
            out.put(" of user ").putDecimal(container.delegatedTo().getAsLong());
        }
        out.put('}');
    }

    /** Returns the characters that are shown of a container's id: the first ones of a long id are distinct enough. */
    static int shownOfId(int length) {
        return length > LONG_ID ? SHORT_ID : length;
    }

    /** Appends namespace, pod and container, as the node's runtime calls them. */
    private void names(ContainerDetails details, LineBuffer out) {
        String path = details.pod().namespace() + "/" + details.pod().name()
                + details.name().map(name -> "/" + name).orElse("");
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        out.put('{');
        safe.put(out, bytes, 0, bytes.length, '}');
        out.put('}');
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
        ProcessImage image = table.imageOf(event);
        if (image == null) {
            Style.DETAIL.start(out, colour);
            out.put("by ?").put(table.absenceOf(event).name());
            end(out);
        } else {
            chain(image, out);
        }
        out.put(' ');
    }

    private void chain(ProcessImage image, LineBuffer out) {
        Style.DETAIL.start(out, colour);
        out.put("by ");
        name(image.comm(), image.program(), layout.width() == 0, out);
        List<Ancestor> ancestors = image.ancestors();
        for (int i = 0; i < ancestors.size() && i < MOST_NAMES - 1; i++) {
            out.put(safe.isUtf8() ? ARROW : ASCII_ARROW);
            name(ancestors.get(i).comm(), ancestors.get(i).program(), false, out);
        }
        if (ancestors.size() >= MOST_NAMES || image.hasMoreAncestors()) {
            out.put(safe.isUtf8() ? ARROW : ASCII_ARROW);
            out.put(safe.isUtf8() ? MORE : ASCII_MORE);
        }
        end(out);
    }

    /**
     * Appends the path of the executable with its marks, or the name of the first thread in brackets, or {@code ?}.
     *
     * @param whole whether the path is shown as a whole, and not its last part alone
     */
    private void name(ByteString comm, Program program, boolean whole, LineBuffer out) {
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
        while (start > 0 && (whole || scratch[start - 1] != '/')) {
            start--;
        }
        if (start < length && (scratch[start] == '?' || scratch[start] == '[')) {
            // A program may have any name, also one that looks as if nobody knew it.
            out.put("\\x").putHexByte(scratch[start]);
            start++;
        }
        safe.put(out, scratch, start, length, ' ');
        marks(program, out);
    }

    /** Appends that the path may not lead to the executable: a sign, or where lines have room why. */
    private void marks(Program program, LineBuffer out) {
        if (!SchemaEvent.isMarked(program)) {
            return;
        }
        if (layout.width() > 0) {
            hasSigns = true;
            out.put('!');
            return;
        }
        for (EventFlag flag : FLAGS) {
            if (program.has(flag) && (flag.mask() & SchemaEvent.PATH_MARKS) != 0) {
                out.put('!').put(flag.name());
            }
        }
    }

    private void put(LineBuffer out, BytesView view, char delimiter) {
        safe.put(out, scratch, 0, view.copyTo(scratch, 0), delimiter);
    }

    private void end(LineBuffer out) {
        Style.RESET.start(out, colour);
    }
}
