// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.process.Ancestor;
import dev.unraced.process.Container;
import dev.unraced.process.ContainerAbsence;
import dev.unraced.process.ContainerDetails;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import dev.unraced.process.Program;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The common part of the writers of foreign schemas: an event's bytes, and the fields that no schema has. */
final class SchemaEvent {
    private static final Bits FLAGS = new Bits(Stream.of(EventFlag.values())
            .map(flag -> Map.entry(flag.name(), (long) flag.mask()))
            .toList());
    /** The flags that say that the path of a program may not lead to its file. */
    static final int PATH_MARKS = EventFlag.DELETED.mask()
            | EventFlag.DETACHED.mask()
            | EventFlag.FOREIGN_MOUNT_NS.mask()
            | EventFlag.RESOLVED_TRUNCATED.mask()
            | EventFlag.RESOLVED_UNSTABLE.mask();

    /** Severities have OCSF's numbers in both schemas, since ECS leaves them to the source. */
    private static final int INFORMATIONAL = 1;

    private static final int HIGH = 4;
    private static final int EINPROGRESS = -dev.unraced.linux.Errno.EINPROGRESS;
    private static final int LOOPBACK_NET = 127;
    private static final byte[] LOOPBACK6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    final byte[] bytes = new byte[0x10000];
    final RawAddress address = new RawAddress();
    private final OpenFlagNames openFlags;
    /** The host's name as the begin of a string, with the quote before it alone. */
    private final byte[] host;

    /**
     * Makes the common part of a writer.
     *
     * @param host the name of the machine that the events are from
     */
    SchemaEvent(OpenFlagNames openFlags, String host) {
        this.openFlags = openFlags;
        LineBuffer text = new LineBuffer(LineBuffer.USUAL_CAPACITY);
        JsonText.put(text, host);
        byte[] quoted = text.copyFrom(0);
        this.host = Arrays.copyOf(quoted, quoted.length - 1);
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns whether the call did its work. A connect that goes on after its return neither did nor failed; the same
     * holds for a call of unknown execution.
     */
    static boolean succeeded(EventView event) {
        return isKnown(event) && !event.has(EventFlag.NOT_EXECUTED) && event.result() >= 0;
    }

    /**
     * Returns whether the call failed. A call that was refused before it ran failed, whatever result the refuser chose.
     */
    static boolean failed(EventView event) {
        return isKnown(event)
                && (event.has(EventFlag.NOT_EXECUTED) || (event.result() < 0 && event.result() != EINPROGRESS));
    }

    private static boolean isKnown(EventView event) {
        return !event.isEnter() && !event.has(EventFlag.EXECUTION_UNKNOWN);
    }

    /** Returns the severity, which is high when an argument was rewritten while the call ran. */
    static int severity(EventView event) {
        return event.isChanged() ? HIGH : INFORMATIONAL;
    }

    static int severity(ProcessView event) {
        boolean executes = event.type() == ProcessView.Type.EXEC || event.type() == ProcessView.Type.EXEC_FAILED;
        return executes && event.pathIntegrity() == Integrity.CHANGED ? HIGH : INFORMATIONAL;
    }

    /** Returns whether the event has a file and the call is known to have run: only then the call opened it. */
    static boolean hasFile(EventView event) {
        return event.has(EventFlag.HAS_FILE) && !event.has(EventFlag.EXECUTION_UNKNOWN);
    }

    /** Returns whether the event has a socket and the call is known to have run: only then the call connected it. */
    static boolean hasSocket(EventView event) {
        return event.has(EventFlag.HAS_SOCKET) && !event.has(EventFlag.EXECUTION_UNKNOWN);
    }

    /** Returns whether the driver missed the object of a call that succeeded: the named object must not replace it. */
    static boolean isObjectMissed(EventView event) {
        return event.has(EventFlag.OBJECT_MISSED);
    }

    /** Copies bytes to {@link #bytes}, and returns their number. */
    int copy(ByteString value) {
        value.copyTo(bytes, 0);
        return value.length();
    }

    /** Copies bytes to {@link #bytes}, and returns their number. */
    int copy(BytesView view) {
        return view.copyTo(bytes, 0);
    }

    /** Returns where the last component of the path in {@link #bytes} begins. */
    int lastName(int length) {
        for (int at = length - 1; at > 0; at--) {
            if (bytes[at - 1] == '/') {
                return at;
            }
        }
        return length == 1 && bytes[0] == '/' ? 0 : length > 0 && bytes[0] == '/' ? 1 : 0;
    }

    /** Copies the reached peer, or else the named one, to {@link #address}, and returns whether there is one. */
    boolean peer(EventView event) {
        return (hasSocket(event) && address.read(event.socketRemote()) && address.family() > 0)
                || (!isObjectMissed(event) && address.read(event.address()));
    }

    /**
     * Returns whether the ip in {@link #address} is this machine's own: of 127.0.0.0/8, also when mapped to IPv6, or
     * ::1.
     */
    boolean isLoopback() {
        byte[] raw = address.bytes;
        if (address.family() == Sockaddr.AF_INET) {
            return raw[4] == LOOPBACK_NET;
        }
        return Arrays.equals(raw, 8, 24, LOOPBACK6, 0, 16)
                || (Arrays.equals(raw, 8, 20, MAPPED, 0, 12) && raw[20] == LOOPBACK_NET);
    }

    /** Appends the fields that only Unraced has. */
    void own(JsonFields fields, EventView event, LineBuffer out) {
        fields.word("syscall", lower(event.syscall()))
                .word("type", event.type().name())
                .word("abi", event.abi().name())
                .word("origin", event.origin().name())
                .word("mitigation", event.mitigation().name());
        if (!event.isEnter()) {
            fields.number("result", event.result());
        }
        fields.key("flags").put('[');
        FLAGS.json(out, event.flags(), true);
        out.put(']');
        if (event.isOpenLike()) {
            if (event.path().isPresent()) {
                int length = copy(event.path());
                fields.bytes("path", bytes, 0, length).hexUnlessText("path_hex", bytes, 0, length);
            }
            fields.word("path_provenance", event.path().provenance().name())
                    .word("path_integrity", event.path().integrity().name())
                    .number("dirfd", event.dirfd());
            fields.key("open_flag_names");
            openFlags.json(out, event.openFlags());
            if (event.syscall() == Syscall.OPENAT2) {
                fields.word("how_provenance", event.howProvenance().name())
                        .word("how_integrity", event.howIntegrity().name());
            }
        } else {
            fields.word("address_provenance", event.address().provenance().name())
                    .word("address_integrity", event.address().integrity().name())
                    .number("fd", event.fd());
            int length = copy(event.address());
            fields.key("address_hex");
            JsonText.putHex(out, bytes, 0, length);
            if (event.blockProvenance() != Provenance.NONE) {
                fields.word("block_provenance", event.blockProvenance().name())
                        .word("block_integrity", event.blockIntegrity().name());
            }
        }
        behindDescriptor(fields, event, out);
    }

    /** Appends what only Unraced says about the process behind a call, or why nobody knows it. */
    static void process(JsonFields fields, EventView event, @Nullable ProcessTable table) {
        ProcessImage image = table == null ? null : table.imageOf(event);
        if (image != null) {
            marks(fields, image);
        } else if (table != null) {
            fields.word("process_unknown", table.absenceOf(event).name());
        }
    }

    /** Appends what only Unraced says about the process of an event, as a call has it. */
    static void process(JsonFields fields, ProcessView event, @Nullable ProcessTable table) {
        ProcessImage image = table == null ? null : table.imageOf(event);
        if (image != null) {
            marks(fields, image);
        } else if (table != null) {
            fields.word("process_unknown", table.absenceOf(event).name());
        }
    }

    /** Appends the marks of the program whose path another field has. */
    private static void marks(JsonFields fields, ProcessImage image) {
        LineBuffer out = fields.key("process_flags").put('[');
        FLAGS.json(out, image.program().flags(), true);
        out.put(']');
    }

    /** Returns whether a flag says that the path of a program's file may not lead to it. */
    static boolean isMarked(Program program) {
        return (program.flags() & PATH_MARKS) != 0;
    }

    /**
     * Appends what identifies a process while it runs one program, among those of many machines: the host, the id of a
     * sandbox if it is in one, process id, start and number of execs.
     */
    void identity(JsonFields fields, String name, ProcessImage image) {
        LineBuffer out = fields.key(name).put(host);
        ByteString sandbox = image.containerId().orElse(null);
        if (sandbox != null) {
            out.put('-');
            for (int i = 0; i < sandbox.length(); i++) {
                out.putHexByte(sandbox.byteAt(i));
            }
        }
        out.put('-').putDecimal(image.tgid());
        out.put('-').putHex(image.startNanos());
        out.put('-').putHex(image.execId()).put('"');
    }

    /** Appends the id of a container, and what made it where its cgroup says so. */
    static void container(JsonFields fields, String id, Container container) {
        fields.text(id, container.id());
        if (!container.runtime().equals(Container.UNKNOWN)) {
            fields.word("runtime", container.runtime());
        }
    }

    /** Appends what no schema has a place for: the containers around a process's, and who can have made its cgroup. */
    static void around(JsonFields fields, @Nullable Container container) {
        if (container == null) {
            return;
        }
        if (!container.outer().isEmpty()) {
            LineBuffer out = fields.key("container_outer").put('[');
            for (int i = 0; i < container.outer().size(); i++) {
                JsonText.put(out.put(i == 0 ? "" : ","), container.outer().get(i));
            }
            out.put(']');
        }
        if (container.delegatedTo().isPresent()) {
            fields.number("container_delegated_to", container.delegatedTo().getAsLong());
        }
    }

    /** Returns the names of a container, which can come at any time, so an event looks for them once. */
    static @Nullable ContainerDetails details(@Nullable ProcessTable table, @Nullable Container container) {
        return table == null ? null : table.detailsOf(container);
    }

    /** Appends why the names of a container are not known, where they are wanted. */
    static void nameless(
            JsonFields fields,
            @Nullable ProcessTable table,
            @Nullable Container container,
            @Nullable ContainerDetails details) {
        if (table == null || container == null || details != null) {
            return;
        }
        ContainerAbsence absence = table.absenceOf(container);
        if (absence != null) {
            fields.word("container_name_unknown", absence.name());
        }
    }

    private static void trust(JsonFields fields, ProcessView event) {
        fields.word("path_provenance", event.pathProvenance().name())
                .word("path_integrity", event.pathIntegrity().name());
    }

    /** Appends the fields of a process event that only Unraced has. */
    void own(JsonFields fields, ProcessView event, LineBuffer out) {
        fields.word("type", event.type().name());
        fields.key("flags").put('[');
        FLAGS.json(out, event.flags(), true);
        out.put(']');
        fields.number("session", event.session());
        switch (event.type()) {
            case FORK -> fields.number("forker_tgid", event.forkerTgid());
            case EXIT -> {
                if (event.exitSignal() != 0) {
                    fields.number("signal", event.exitSignal());
                }
            }
            case EXEC_FAILED -> {
                bytes(fields, "path", event.path());
                trust(fields, event);
                fields.number("result", event.result());
            }
            case EXEC, ALIVE -> {
                bytes(fields, "path", event.path());
                if (event.type() == ProcessView.Type.EXEC) {
                    trust(fields, event);
                }
                bytes(fields, "interpreter", event.interpreter());
                if (event.hasCredentialsBefore()) {
                    fields.number("effective_uid_before", event.effectiveUidBefore());
                    fields.number("effective_gid_before", event.effectiveGidBefore());
                }
            }
        }
    }

    private void bytes(JsonFields fields, String name, BytesView view) {
        if (view.isPresent()) {
            int length = copy(view);
            fields.bytes(name, bytes, 0, length).hexUnlessText(name + "_hex", bytes, 0, length);
        }
    }

    /** Copies a program's arguments to {@link #bytes}, and returns their length; -1 where nobody knows them. */
    int arguments(Program program) {
        return program.hasArguments() ? copy(program.arguments()) : -1;
    }

    /**
     * Returns the program of a process's parent, where the one that forked it is the parent, the program is that of the
     * fork, and no mark weakens the path, as the schemas have no place for marks of a parent; else null.
     */
    static @Nullable Program parent(@Nullable ProcessImage image, int parentTgid) {
        if (image == null || image.ancestors().isEmpty()) {
            return null;
        }
        Ancestor forker = image.ancestors().get(0);
        boolean parent = forker.isAsOfFork()
                && forker.tgid() == parentTgid
                && image.parentTgid() == parentTgid
                && image.parentStartNanos() == forker.startNanos();
        return parent && !isMarked(forker.program()) ? forker.program() : null;
    }

    /** Appends bytes as a string, and nothing where they are not known. */
    void text(JsonFields fields, String name, @Nullable ByteString value) {
        if (value != null) {
            fields.bytes(name, bytes, 0, copy(value));
        }
    }

    /** Returns the number of arguments in {@link #bytes}, each with a NUL at its end but perhaps the last. */
    int countArguments(int length) {
        int count = 0;
        for (int i = 0; i < length; i++) {
            count += bytes[i] == 0 || i == length - 1 ? 1 : 0;
        }
        return count;
    }

    /** Puts a space between the arguments in {@link #bytes}, and returns the length of this line. */
    int joinArguments(int length) {
        for (int i = 0; i < length - 1; i++) {
            if (bytes[i] == 0) {
                bytes[i] = ' ';
            }
        }
        return length > 0 && bytes[length - 1] == 0 ? length - 1 : length;
    }

    /** Appends the arguments in {@link #bytes} as an array. */
    void arguments(LineBuffer out, int length) {
        out.put('[');
        int start = 0;
        for (int i = 0; i < length; i++) {
            boolean ends = bytes[i] == 0;
            if (ends || i == length - 1) {
                out.put(start == 0 ? "" : ",");
                JsonText.put(out, bytes, start, ends ? i : length);
                start = i + 1;
            }
        }
        out.put(']');
    }

    /**
     * Appends the object behind the descriptor of a call that may never have run, apart from objects that calls
     * reached.
     */
    private void behindDescriptor(JsonFields fields, EventView event, LineBuffer out) {
        if (!event.has(EventFlag.EXECUTION_UNKNOWN)) {
            return;
        }
        if (event.has(EventFlag.HAS_FILE)) {
            int length = copy(event.resolvedPath());
            fields.begin("behind_descriptor")
                    .bytes("path", bytes, 0, length)
                    .hexUnlessText("path_hex", bytes, 0, length);
            device(fields.key("uid").put('"'), event)
                    .put(':')
                    .putUnsigned(event.inode())
                    .put('"');
            fields.end();
        } else if (event.has(EventFlag.HAS_SOCKET)) {
            fields.begin("behind_descriptor");
            int length = copy(event.socketLocal());
            fields.key("local_hex");
            JsonText.putHex(out, bytes, 0, length);
            length = copy(event.socketRemote());
            fields.key("remote_hex");
            JsonText.putHex(out, bytes, 0, length);
            fields.end();
        }
    }

    /** Appends major and minor number of the file's device. */
    static LineBuffer device(LineBuffer out, EventView event) {
        return out.putDecimal(event.deviceMajor()).put(':').putDecimal(event.deviceMinor());
    }
}
