// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static dev.unraced.linux.OpenFlags.AT_FDCWD;

import dev.unraced.event.Abi;
import dev.unraced.event.ArgumentView;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.process.Container;
import dev.unraced.process.ProcessTable;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes events as lines for people: the request, its result, and how far to trust both.
 *
 * <p>Paths stand in quotes and cannot leave them, so that no name can pretend to be the next column.
 */
public final class TextEventWriter implements EventWriter {
    private static final int CALL_WIDTH = 7;
    private static final int SIGN_WIDTH = 2;
    /** The indent of what does not fit into the line. */
    private static final int INDENT = 8;

    private static final int HOW_WIDTH = 26;
    private static final int RESULT_WIDTH = 9;
    private static final int ARROW_WIDTH = 3;
    /** The characters of a cut file or peer, even where its marks do not fit behind it then. */
    private static final int SHORTEST_RESOLVED = 24;

    private static final int DURATION_WIDTH = 7;

    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    private static final EventFlag[] EVENT_FLAGS = EventFlag.values();
    /** The flags without a mark, since the line shows the file or the socket. */
    private static final Set<EventFlag> UNMARKED = EnumSet.of(EventFlag.HAS_FILE, EventFlag.HAS_SOCKET);
    /** These flags weaken a file or a socket and nothing else, so they mean nothing in an event that has neither. */
    private static final Set<EventFlag> OF_OBJECTS =
            EnumSet.of(EventFlag.FD_TABLE_SHARED, EventFlag.SOCKET_SHARED, EventFlag.RESOLVED_UNSTABLE);
    /** The flags that can be the reason why an argument was not compared, though the call reached an object. */
    private static final Set<EventFlag> REASONS = EnumSet.of(
            EventFlag.FD_TABLE_SHARED,
            EventFlag.SOCKET_SHARED,
            EventFlag.RESOLVED_UNSTABLE,
            EventFlag.FOREIGN_MOUNT_NS,
            EventFlag.DETACHED,
            EventFlag.EXECUTION_UNKNOWN);

    private static final int REASON_MASK =
            REASONS.stream().mapToInt(EventFlag::mask).reduce(0, (one, other) -> one | other);

    /**
     * The flags that are marked without emphasis: they limit no trust, or every event of a program with threads has
     * them.
     */
    private static final Set<EventFlag> REMARKS =
            EnumSet.of(EventFlag.CREATED, EventFlag.DELETED, EventFlag.DETACHED, EventFlag.FD_TABLE_SHARED);

    /** The sign of UNCHECKED where threads that share the descriptor table are the only reason. */
    private static final String UNCHECKED_SIGN = "~";

    private static final String TABLE_SHARED_SIGN = "t";
    private static final String LEGEND = UNCHECKED_SIGN + " is UNCHECKED and " + TABLE_SHARED_SIGN
            + " FD_TABLE_SHARED: in a program with threads, another one can have replaced the descriptor; --wide writes"
            + " both out";

    private static final byte[] ARROW = "→ ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] ASCII_ARROW = LineBuffer.ascii("-> ");
    private static final byte[] ELLIPSIS = "…".getBytes(StandardCharsets.UTF_8);
    private static final byte[] ASCII_ELLIPSIS = LineBuffer.ascii("..");
    private static final byte[] MICROS = "µs".getBytes(StandardCharsets.UTF_8);
    private static final byte[] ASCII_MICROS = LineBuffer.ascii("us");

    private static final byte[] ENTERS = LineBuffer.ascii("enters");

    private static final Map<Syscall, String> CALLS = calls();

    private final WallClock clock;
    private final OpenFlagNames openFlags;
    private final TimeText timeText;
    private final boolean colour;
    private final SafeText safe;
    private final TableLayout layout;
    private final ProcessText processes;
    private final @Nullable ProcessTable table;
    private final byte[] scratch = new byte[0x10000];
    private final byte[] otherScratch = new byte[0x10000];
    private final RawAddress address = new RawAddress();
    private final LineBuffer tail = new LineBuffer(LineBuffer.USUAL_CAPACITY);
    private final Predicate<EventView> isByLink;
    private boolean hasSigns;
    private boolean isLegendTaken;

    /** Makes a writer of lines that may have any length. */
    public TextEventWriter(WallClock clock, OpenFlagNames openFlags, ZoneId zone, boolean colour, boolean utf8) {
        this(clock, openFlags, zone, colour, utf8, 0);
    }

    /**
     * Makes a writer for a terminal.
     *
     * <p>With fewer columns, there are fewer of them on a line: what the open may do stands as {@code r}, {@code w},
     * {@code rw} or {@code p} (a path alone), with a {@code c} behind it where it may create the file. Paths are cut in
     * their middle. What does not fit stands on lines of its own: the file or peer that was really reached, and all
     * marks. The marks that most lines of a program with threads have are signs, which {@link #takeLegend} explains.
     *
     * @param zone the zone of the times of day
     * @param colour whether the terminal takes colours
     * @param utf8 whether the terminal takes UTF-8
     * @param columns the characters of a line; 0 for lines of any length
     */
    public TextEventWriter(
            WallClock clock, OpenFlagNames openFlags, ZoneId zone, boolean colour, boolean utf8, int columns) {
        this(clock, openFlags, zone, colour, utf8, columns, null);
    }

    /** Makes a writer for a terminal, which also names the programs behind each call; null for lines without them. */
    public TextEventWriter(
            WallClock clock,
            OpenFlagNames openFlags,
            ZoneId zone,
            boolean colour,
            boolean utf8,
            int columns,
            @Nullable ProcessTable table) {
        this(clock, openFlags, zone, colour, utf8, columns, table, event -> false);
    }

    /**
     * Makes a writer for a terminal, which does not take each plain link for a difference.
     *
     * @param table knows the processes; null for lines without them
     * @param isByLink says of an open whose path DIFFERS whether a trusted link leads from the path to the file
     */
    public TextEventWriter(
            WallClock clock,
            OpenFlagNames openFlags,
            ZoneId zone,
            boolean colour,
            boolean utf8,
            int columns,
            @Nullable ProcessTable table,
            Predicate<EventView> isByLink) {
        this.layout = TableLayout.of(columns);
        this.clock = clock;
        this.openFlags = openFlags;
        this.timeText = new TimeText("HH:mm:ss", zone);
        this.colour = colour;
        this.safe = new SafeText(utf8);
        this.table = table;
        this.isByLink = isByLink;
        this.processes = new ProcessText(clock, zone, colour, safe, layout);
    }

    @Override
    public String takeLegend() {
        String ofPrograms = processes.takeLegend();
        if (!hasSigns || isLegendTaken) {
            return ofPrograms;
        }
        isLegendTaken = true;
        return ofPrograms.isEmpty() ? LEGEND : LEGEND + "; " + ofPrograms;
    }

    @Override
    public void writeProcess(ProcessView event, LineBuffer out) {
        processes.event(event, table, out);
    }

    @Override
    public void write(EventView event, LineBuffer out) {
        int line = out.length();
        Style.TIME.start(out, colour);
        timeText.put(out, clock.epochNanos(event.nanos()), layout.subSecondDigits());
        end(out);
        out.put(' ');
        task(event, out);
        writeCall(event, out, line);
    }

    /** Appends the line without its beginning, which has the time and the caller. */
    public void writeCall(EventView event, LineBuffer out) {
        writeCall(event, out, out.length());
    }

    private void writeCall(EventView event, LineBuffer out, int line) {
        Style.CALL.start(out, colour);
        int call = out.length();
        out.put(CALLS.get(event.syscall()));
        Style.endColumn(out, colour, call, CALL_WIDTH);
        object(event, out);
        how(event, out);
        if (event.isEnter()) {
            Style.DETAIL.start(out, colour);
            out.put(ENTERS);
            end(out);
        } else {
            result(event, out);
            if (layout.hasDuration()) {
                duration(event, out);
            }
        }
        tail.clear();
        marks(event, tail);
        container(event, tail);
        if (table != null) {
            processes.chain(event, table, tail);
        }
        tail.trimEnd();
        int rest = out.length();
        if (!event.isEnter()) {
            resolved(event, out);
        }
        int marks = out.length();
        out.put(tail);
        out.trimEnd();
        if (layout.width() > 0 && out.visibleFrom(line) > layout.width() && out.length() > rest) {
            int moved = out.breakAt(rest, INDENT);
            out.wrap(moved, moved + marks - rest - 1, layout.width() - INDENT, INDENT);
        }
        out.put('\n');
    }

    private void task(EventView event, LineBuffer out) {
        Style.TASK.start(out, colour);
        int start = out.length();
        // The name must not contain a bracket, or it could imitate another id.
        text(out, event.comm(), '[');
        boolean hasGroup = event.tgid() != event.tid() && layout.hasDetails();
        int id = 2 + LineBuffer.digits(event.tid()) + (hasGroup ? 1 + LineBuffer.digits(event.tgid()) : 0);
        fit(out, start, layout.taskWidth() - id);
        out.put('[');
        if (hasGroup) {
            out.putDecimal(event.tgid()).put('/');
        }
        out.putDecimal(event.tid()).put(']');
        Style.endColumn(out, colour, start, layout.taskWidth());
    }

    private void object(EventView event, LineBuffer out) {
        int start = out.length();
        if (event.isOpenLike()) {
            ArgumentView path = event.path();
            if (event.dirfd() != AT_FDCWD && !(path.length() > 0 && path.byteAt(0) == '/')) {
                out.put("fd").putDecimal(event.dirfd()).put(':');
            }
            quoted(out, path);
        } else {
            sockaddr(out, event.address());
        }
        fit(out, start, layout.objectWidth());
        Style.endColumn(out, colour, start, layout.objectWidth());
    }

    private void fit(LineBuffer out, int start, int most) {
        if (layout.width() > 0) {
            out.shorten(start, most, safe.isUtf8() ? ELLIPSIS : ASCII_ELLIPSIS);
        }
    }

    /** Appends what an open may do, in two characters. */
    private void sign(EventView event, LineBuffer out) {
        Style.DETAIL.start(out, colour);
        int start = out.length();
        if (event.isOpenLike()) {
            long flags = event.openFlags();
            boolean isCreat = event.syscall() == Syscall.CREAT;
            if (event.howProvenance() == Provenance.NONE) {
                out.put('?');
            } else if ((flags & OpenFlags.O_PATH) != 0) {
                out.put('p');
            } else {
                long access = isCreat ? OpenFlags.O_WRONLY : flags & OpenFlags.O_ACCMODE;
                out.put(access == 0 ? "r" : access == OpenFlags.O_WRONLY ? "w" : "rw");
                out.put(access != OpenFlags.O_RDWR && (isCreat || (flags & OpenFlags.O_CREAT) != 0) ? "c" : "");
            }
        }
        Style.endColumn(out, colour, start, SIGN_WIDTH);
    }

    private void how(EventView event, LineBuffer out) {
        if (!layout.hasDetails()) {
            sign(event, out);
            return;
        }
        Style.DETAIL.start(out, colour);
        int start = out.length();
        if (!event.isOpenLike()) {
            out.put("fd ").putDecimal(event.fd());
        } else if (event.howProvenance() == Provenance.NONE) {
            out.put('?');
        } else {
            long flags = event.openFlags();
            openFlags.text(out, flags, event.resolve());
            if (OpenFlagNames.useMode(flags) || event.syscall() == Syscall.CREAT) {
                out.put(" 0").putOctal(event.mode());
            }
        }
        Style.endColumn(out, colour, start, HOW_WIDTH);
    }

    private void result(EventView event, LineBuffer out) {
        long result = event.result();
        (event.failed() ? Style.FAILURE : Style.SUCCESS).start(out, colour);
        int start = out.length();
        out.put("= ");
        String error = event.errnoName().orElse(null);
        if (error == null) {
            out.putDecimal(result);
        } else {
            out.put(error);
        }
        if (event.has(EventFlag.EXECUTION_UNKNOWN)) {
            out.put('?');
        }
        Style.endColumn(out, colour, start, RESULT_WIDTH);
    }

    private void duration(EventView event, LineBuffer out) {
        int start = out.length();
        if (event.enterNanos() == 0) {
            out.putSpaces(DURATION_WIDTH - 1).put('?');
        } else {
            long nanos = Math.max(0, event.exitNanos() - event.enterNanos());
            out.putSpaces(DURATION_WIDTH - durationWidth(nanos));
            nanos(out, nanos);
        }
        Style.endColumn(out, colour, start, DURATION_WIDTH);
    }

    /** Appends a duration with about three digits: {@code 523ns}, {@code 12.3µs}, {@code 4.5ms}, {@code 61.0s}. */
    private void nanos(LineBuffer out, long nanos) {
        if (nanos < MICRO) {
            out.putDecimal(nanos).put("ns");
            return;
        }
        long unit = unit(nanos);
        out.putDecimal(nanos / unit).put('.').putDecimal(nanos % unit / (unit / 10));
        if (unit == MICRO) {
            out.put(safe.isUtf8() ? MICROS : ASCII_MICROS);
        } else {
            out.put(unit == MILLI ? "ms" : "s");
        }
    }

    private static int durationWidth(long nanos) {
        long unit = nanos < MICRO ? 1 : unit(nanos);
        int digits = 1;
        for (long whole = nanos / unit; whole >= 10; whole /= 10) {
            digits++;
        }
        int suffix = unit == SECOND ? 1 : 2;
        return digits + (unit == 1 ? 0 : 2) + suffix;
    }

    private static long unit(long nanos) {
        return nanos < MILLI ? MICRO : nanos < SECOND ? MILLI : SECOND;
    }

    private void resolved(EventView event, LineBuffer out) {
        if (event.has(EventFlag.HAS_FILE)) {
            file(event, out);
        } else if (event.has(EventFlag.HAS_SOCKET)) {
            socket(event, out);
        }
    }

    private void file(EventView event, LineBuffer out) {
        BytesView resolved = event.resolvedPath();
        if (!same(resolved, event.path())) {
            arrow(out);
            int start = out.length();
            quoted(out, resolved);
            boolean hasInode = layout.hasDetails() && event.inode() != 0;
            fit(out, start, resolvedWidth(hasInode ? inodeWidth(event) : 0));
            if (hasInode) {
                out.put(' ').putDecimal(event.deviceMajor()).put(':').putDecimal(event.deviceMinor());
                out.put(':').putUnsigned(event.inode());
            }
            end(out);
            out.put(' ');
        }
    }

    /** Returns the characters of a space, device and inode. */
    private static int inodeWidth(EventView event) {
        int device = LineBuffer.digits(event.deviceMajor()) + LineBuffer.digits(event.deviceMinor());
        return 3 + device + LineBuffer.digits(Math.max(0, event.inode()));
    }

    /**
     * Returns the characters of the file or peer on a line of its own, where the marks fit behind it if they are few.
     *
     * @param details the characters between the two
     */
    private int resolvedWidth(int details) {
        int room = layout.width() - INDENT - ARROW_WIDTH - details;
        int marks = tail.visibleFrom(0);
        int left = room - (marks == 0 ? 0 : marks + 1);
        return left >= SHORTEST_RESOLVED ? left : room;
    }

    private void socket(EventView event, LineBuffer out) {
        BytesView remote = event.socketRemote();
        if (remote.isPresent() && !same(remote, event.address())) {
            arrow(out);
            int start = out.length();
            sockaddr(out, remote);
            fit(out, start, resolvedWidth(0));
            end(out);
            out.put(' ');
        }
        if (layout.hasDetails() && address.read(event.socketLocal()) && address.hasIp()) {
            Style.DETAIL.start(out, colour);
            out.put("from ");
            sockaddr(out, event.socketLocal());
            end(out);
            out.put(' ');
        }
    }

    private void marks(EventView event, LineBuffer out) {
        ArgumentView argument = event.isOpenLike() ? event.path() : event.address();
        boolean faulted = event.has(EventFlag.FAULTED) && event.mitigation() != Mitigation.OFF;
        Integrity integrity = argument.integrity();
        if (integrity == Integrity.DIFFERS && event.isOpenLike() && isByLink.test(event)) {
            mark(out, Style.DETAIL, "", "by a link");
            integrity = Integrity.UNCHECKED;
        }
        trust(out, argument.provenance(), integrity, faulted, "");
        if (argument.integrity() == Integrity.UNCHECKED && isObjectInDoubt(event)) {
            boolean everyday = isFitted() && (event.flags() & REASON_MASK) == EventFlag.FD_TABLE_SHARED.mask();
            hasSigns |= everyday;
            mark(out, Style.DETAIL, "", everyday ? UNCHECKED_SIGN : Integrity.UNCHECKED.name());
        }
        if (event.syscall() == Syscall.OPENAT2) {
            trust(out, event.howProvenance(), event.howIntegrity(), faulted, "how:");
        } else if (!event.isOpenLike() && event.blockProvenance() != Provenance.NONE) {
            trust(out, event.blockProvenance(), event.blockIntegrity(), faulted, "block:");
        }
        if (event.abi() != Abi.NATIVE) {
            mark(out, Style.NOTE, "", event.abi().name());
        }
        if (event.origin() != Origin.SYSCALL) {
            mark(out, Style.NOTE, "", event.origin().name());
        }
        for (EventFlag flag : EVENT_FLAGS) {
            if (event.has(flag) && !UNMARKED.contains(flag) && (hasObject(event) || !OF_OBJECTS.contains(flag))) {
                boolean everyday = isFitted() && flag == EventFlag.FD_TABLE_SHARED;
                hasSigns |= everyday;
                mark(
                        out,
                        REMARKS.contains(flag) ? Style.DETAIL : Style.NOTE,
                        "",
                        everyday ? TABLE_SHARED_SIGN : flag.name());
            }
        }
    }

    /** Returns whether lines have to fit a terminal, so that everyday marks are signs. */
    private boolean isFitted() {
        return layout.width() > 0;
    }

    private static boolean hasObject(EventView event) {
        return event.has(EventFlag.HAS_FILE) || event.has(EventFlag.HAS_SOCKET);
    }

    /** Returns whether a flag forbids the comparison with an object that is there; mode OFF never compares. */
    private static boolean isObjectInDoubt(EventView event) {
        return hasObject(event) && event.mitigation() != Mitigation.OFF && (event.flags() & REASON_MASK) != 0;
    }

    /** Appends a container id as runtimes show it: a long id by its first characters, which are distinct enough. */
    private void container(EventView event, LineBuffer out) {
        BytesView id = event.containerId();
        if (id.isPresent() && id.length() > 0) {
            Style.DETAIL.start(out, colour);
            out.put('{');
            int length = id.copyTo(scratch, 0);
            safe.put(out, scratch, 0, ProcessText.shownOfId(length), '}');
            out.put('}');
            end(out);
            out.put(' ');
        } else if (table != null) {
            Container container = table.containerOf(event);
            if (container != null) {
                processes.container(container, table, out);
                out.put(' ');
            }
        }
    }

    private void trust(LineBuffer out, Provenance provenance, Integrity integrity, boolean faulted, String prefix) {
        if (integrity == Integrity.CHANGED) {
            mark(out, Style.ALARM, prefix, integrity.name());
        } else if (integrity == Integrity.DIFFERS) {
            mark(out, Style.NOTE, prefix, integrity.name());
        }
        if (provenance == Provenance.EXIT) {
            // An argument that was not in memory at entry is ordinary, so it gets a note, and the flag FAULTED follows.
            mark(out, faulted ? Style.NOTE : Style.ALARM, prefix, faulted ? "EXIT" : "EXIT!");
        } else if (provenance == Provenance.NONE) {
            mark(out, Style.NOTE, prefix, provenance.name());
        }
    }

    private void mark(LineBuffer out, Style style, String prefix, String name) {
        style.start(out, colour);
        out.put(prefix).put(name);
        end(out);
        out.put(' ');
    }

    private void quoted(LineBuffer out, BytesView view) {
        if (view.isPresent()) {
            out.put('"');
            text(out, view, '"');
            out.put('"');
        } else {
            out.put('?');
        }
    }

    private void sockaddr(LineBuffer out, BytesView view) {
        if (!address.read(view)) {
            out.put('?');
        } else if (address.hasIp()) {
            boolean bracketed = address.family() != Sockaddr.AF_INET;
            out.put(bracketed ? "[" : "");
            address.ip(out);
            if (address.scope() != 0) {
                out.put('%').putDecimal(address.scope());
            }
            out.put(bracketed ? "]:" : ":").putDecimal(address.port());
        } else if (address.isUnix()) {
            unix(out);
        } else if (address.family() < 0) {
            out.put("(empty)");
        } else {
            SocketNames.family(out, address.family());
            out.put(':');
            for (int i = 2; i < address.length; i++) {
                out.putHexByte(address.bytes[i]);
            }
        }
    }

    private void unix(LineBuffer out) {
        if (address.isUnnamed()) {
            out.put("unix:(unnamed)");
        } else {
            out.put("unix:").put(address.isAbstract() ? "@\"" : "\"");
            safe.put(out, address.bytes, address.unixStart(), address.unixEnd(), '"');
            out.put('"');
        }
    }

    private void text(LineBuffer out, BytesView view, char delimiter) {
        safe.put(out, scratch, 0, view.copyTo(scratch, 0), delimiter);
    }

    private boolean same(BytesView one, BytesView other) {
        int length = one.copyTo(scratch, 0);
        return one.isPresent() == other.isPresent()
                && length == other.copyTo(otherScratch, 0)
                && Arrays.equals(scratch, 0, length, otherScratch, 0, length);
    }

    private void arrow(LineBuffer out) {
        Style.RESOLVED.start(out, colour);
        out.put(safe.isUtf8() ? ARROW : ASCII_ARROW);
    }

    private void end(LineBuffer out) {
        Style.RESET.start(out, colour);
    }

    private static Map<Syscall, String> calls() {
        Map<Syscall, String> names = new EnumMap<>(Syscall.class);
        for (Syscall syscall : Syscall.values()) {
            names.put(syscall, syscall.name().toLowerCase(Locale.ROOT));
        }
        return names;
    }
}
