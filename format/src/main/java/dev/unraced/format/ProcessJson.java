// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.process.Absence;
import dev.unraced.process.Ancestor;
import dev.unraced.process.Container;
import dev.unraced.process.ContainerAbsence;
import dev.unraced.process.ContainerDetails;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import dev.unraced.process.Program;
import dev.unraced.process.Terminal;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes process events as JSON objects, and the process behind a call as an object within the call's. */
final class ProcessJson {
    private static final Bits FLAGS = new Bits(Stream.of(EventFlag.values())
            .map(flag -> Map.entry(flag.name(), (long) flag.mask()))
            .toList());
    private static final JsonKey USER = JsonKey.of("user");
    private static final JsonKey COMM = JsonKey.of("comm");
    private static final JsonKey PATH = JsonKey.of("path");
    private static final JsonKey FIRST_PATH = JsonKey.first("path");
    private static final JsonKey INTERPRETER = JsonKey.of("interpreter");
    private static final JsonKey CGROUP = JsonKey.of("cgroup");
    private static final JsonKey CONTAINER_ID = JsonKey.of("container_id");
    private static final JsonKey EXECUTABLE = JsonKey.of("executable");
    private static final String NO_ARGUMENTS = ",\"arguments\":null";
    /** The images whose text is kept, a power of two, and the longest such text in bytes. */
    private static final int KEPT = 256;

    private static final int LONGEST_KEPT = 8 << 10;

    private final WallClock clock;
    private final TimeText timeText = new TimeText("yyyy-MM-dd'T'HH:mm:ss", ZoneOffset.UTC);
    private final byte[] scratch = new byte[0x10000];
    /** An image never changes, so its text is written once for many calls. The low bits of its id choose its place. */
    private final @Nullable ProcessImage[] images = new ProcessImage[KEPT];

    private final byte[][] texts = new byte[KEPT][];
    private final ContainerTexts containers = new ContainerTexts(ContainerTexts::json);

    ProcessJson(WallClock clock) {
        this.clock = clock;
    }

    /**
     * Appends a process event and a line feed.
     *
     * @param table knows users, cgroups, containers and the program that asked for a failed exec; null for none
     */
    void event(ProcessView event, @Nullable ProcessTable table, LineBuffer out) {
        out.put("{\"time\":\"");
        timeText.put(out, clock.epochNanos(event.nanos()));
        out.put("Z\",\"type\":\"").put(event.type().name()).put('"');
        number(out, "time_ns", event.nanos());
        number(out, "tgid", event.tgid());
        number(out, "tid", event.tid());
        number(out, "start_ns", event.startNanos());
        number(out, "exec_id", event.execId());
        number(out, "parent_tgid", event.parentTgid());
        number(out, "parent_start_ns", event.parentStartNanos());
        number(out, "own_tgid", event.ownTgid());
        number(out, "session", event.session());
        terminal(event.isTerminalKnown(), event.terminalMajor(), event.terminalMinor(), out);
        number(out, "uid", event.uid());
        user(table == null ? null : table.userOf(event), out);
        number(out, "gid", event.gid());
        number(out, "effective_uid", event.effectiveUid());
        number(out, "effective_gid", event.effectiveGid());
        out.put(",\"capabilities\":\"0x").putHex(event.capabilities()).put('"');
        bytes(out, COMM, event.comm());
        if (table != null) {
            cgroup(table.cgroupOf(event), table.containerOf(event), table, out);
        } else if (event.cgroupPath().isPresent()) {
            bytes(out, CGROUP, event.cgroupPath());
        }
        out.put(",\"cgroup_id\":").putUnsigned(event.cgroupId());
        if (event.containerId().isPresent()) {
            bytes(out, CONTAINER_ID, event.containerId());
        }
        number(out, "mount_ns", event.mountNamespace());
        number(out, "pid_ns", event.pidNamespace());
        out.put(",\"source\":").putDecimal(event.source() & 0xffffffffL);
        out.put(",\"sequence\":").putUnsigned(event.sequence());
        out.put(",\"flags\":[");
        FLAGS.json(out, event.flags(), true);
        out.put(']');
        switch (event.type()) {
            case FORK -> number(out, "forker_tgid", event.forkerTgid());
            case EXIT -> exit(event, out);
            case EXEC, ALIVE -> program(event, out);
            case EXEC_FAILED -> {
                failed(event, out);
                if (table != null) {
                    ProcessImage image = table.imageOf(event);
                    if (image == null) {
                        unknown(table.absenceOf(event), out);
                    } else {
                        known(image, out);
                    }
                }
            }
        }
        out.put("}\n");
    }

    private static void exit(ProcessView event, LineBuffer out) {
        number(out, "status", event.status());
        if (event.exitSignal() == 0) {
            number(out, "exit_code", event.exitCode());
            out.put(",\"signal\":null");
        } else {
            out.put(",\"exit_code\":null");
            number(out, "signal", event.exitSignal());
        }
    }

    private static void trust(ProcessView event, LineBuffer out) {
        out.put(",\"path_provenance\":\"").put(event.pathProvenance().name());
        out.put("\",\"path_integrity\":\"").put(event.pathIntegrity().name()).put('"');
    }

    private void failed(ProcessView event, LineBuffer out) {
        number(out, "enter_ns", event.enterNanos());
        call(event, out);
        number(out, "dirfd", event.dirfd());
        out.put(",\"at_flags\":\"0x").putHex(event.atFlags()).put('"');
        bytes(out, PATH, event.path());
        trust(event, out);
        out.put(",\"mitigation\":\"").put(event.mitigation().name()).put('"');
        number(out, "result", event.result());
        String name = event.errnoName().orElse(null);
        if (name == null) {
            out.put(",\"errno\":null");
        } else {
            out.put(",\"errno\":\"").put(name).put('"');
        }
    }

    private static void call(ProcessView event, LineBuffer out) {
        out.put(",\"exec_call\":\"").put(event.execCall().name());
        out.put("\",\"abi\":\"").put(event.abi().name()).put('"');
    }

    /** Appends the controlling terminal, null for none; nothing where it is not known. */
    private static void terminal(boolean known, int major, int minor, LineBuffer out) {
        if (!known) {
            return;
        }
        if (major == 0) {
            out.put(",\"terminal\":null");
            return;
        }
        out.put(",\"terminal\":{\"device_major\":").putDecimal(major);
        number(out, "device_minor", minor);
        out.put('}');
    }

    /** Appends the credentials that the thread had before an exec. */
    private static void before(ProcessView event, LineBuffer out) {
        if (!event.hasCredentialsBefore()) {
            out.put(",\"before\":null");
            return;
        }
        out.put(",\"before\":{\"uid\":").putDecimal(event.uidBefore());
        number(out, "gid", event.gidBefore());
        number(out, "effective_uid", event.effectiveUidBefore());
        number(out, "effective_gid", event.effectiveGidBefore());
        out.put(",\"capabilities\":\"0x").putHex(event.capabilitiesBefore()).put("\"}");
    }

    private void program(ProcessView event, LineBuffer out) {
        if (event.type() == ProcessView.Type.EXEC) {
            call(event, out);
            before(event, out);
            bytes(out, PATH, event.path());
            trust(event, out);
            bytes(out, INTERPRETER, event.interpreter());
        }
        out.put(",\"executable\":");
        if (event.has(EventFlag.HAS_FILE)) {
            out.put('{');
            bytes(out, FIRST_PATH, event.executable());
            number(out, "device_major", event.deviceMajor());
            number(out, "device_minor", event.deviceMinor());
            out.put(",\"inode\":").putUnsigned(event.inode()).put('}');
        } else {
            out.put("null");
        }
        if (event.type() == ProcessView.Type.EXEC) {
            arguments(event.arguments(), out);
            number(out, "arguments_size", event.argumentsSize());
        }
    }

    /** Appends the arguments, which end with NUL each; null where the event has none. */
    private void arguments(BytesView view, LineBuffer out) {
        if (view.isPresent()) {
            arguments(view.copyTo(scratch, 0), out);
        } else {
            out.put(NO_ARGUMENTS);
        }
    }

    /** Appends the arguments in the scratch, and their bytes in hexadecimal where they are no text. */
    private void arguments(int length, LineBuffer out) {
        out.put(",\"arguments\":[");
        boolean exact = true;
        int start = 0;
        for (int i = 0; i < length; i++) {
            boolean ends = scratch[i] == 0;
            if (ends || i == length - 1) {
                out.put(start == 0 ? "" : ",");
                exact &= JsonText.put(out, scratch, start, ends ? i : length);
                start = i + 1;
            }
        }
        out.put(']');
        if (!exact) {
            out.put(",\"arguments_hex\":");
            JsonText.putHex(out, scratch, 0, length);
        }
    }

    /**
     * Appends the process behind a call: an object, or null and the reason. Allocates nothing but the text of an image,
     * once while it is kept.
     */
    void process(EventView event, ProcessTable table, LineBuffer out) {
        user(table.userOf(event), out);
        cgroup(table.cgroupOf(event), table.containerOf(event), table, out);
        ProcessImage image = table.imageOf(event);
        if (image == null) {
            unknown(table.absenceOf(event), out);
        } else {
            known(image, out);
        }
    }

    private static void unknown(Absence absence, LineBuffer out) {
        out.put(",\"process\":null,\"process_unknown\":\"").put(absence.name()).put('"');
    }

    // A table makes one object of an image; another table's equal image would have the same text.
    @SuppressWarnings("ReferenceEquality")
    private void known(ProcessImage image, LineBuffer out) {
        int place = image.tgid() & (KEPT - 1);
        if (images[place] == image) {
            out.put(texts[place]);
            return;
        }
        int start = out.length();
        image(image, out);
        if (out.length() - start <= LONGEST_KEPT) {
            texts[place] = out.copyFrom(start);
            images[place] = image;
        }
    }

    private void image(ProcessImage image, LineBuffer out) {
        Program program = image.program();
        out.put(",\"process\":{\"start_ns\":").putDecimal(image.startNanos());
        number(out, "exec_id", image.execId());
        file(program, out);
        Absence absence = image.programAbsence().orElse(null);
        if (absence != null) {
            out.put(",\"program_unknown\":\"").put(absence.name()).put('"');
        }
        out.put(",\"flags\":[");
        FLAGS.json(out, program.flags(), true);
        out.put(']');
        if (program.hasArguments()) {
            program.arguments().copyTo(scratch, 0);
            arguments(program.arguments().length(), out);
        } else {
            out.put(NO_ARGUMENTS);
        }
        number(out, "effective_uid", image.effectiveUid());
        Terminal terminal = image.terminal();
        terminal(terminal.isKnown(), terminal.major(), terminal.minor(), out);
        parents(image, out);
        out.put('}');
    }

    /** Appends the path, the device and the inode of the file that a program executes. */
    private void file(Program program, LineBuffer out) {
        bytes(out, EXECUTABLE, program.executable());
        if (program.has(EventFlag.HAS_FILE)) {
            number(out, "device_major", program.deviceMajor());
            number(out, "device_minor", program.deviceMinor());
            out.put(",\"inode\":").putUnsigned(program.inode());
        } else {
            out.put(",\"device_major\":null,\"device_minor\":null,\"inode\":null");
        }
    }

    /** Appends the name of the real user, null where it is not known. */
    private void user(@Nullable ByteString name, LineBuffer out) {
        if (name == null) {
            out.put(USER.name).put("null");
        } else {
            name.copyTo(scratch, 0);
            bytes(out, USER, name.length());
        }
    }

    /** Appends the path of a process's cgroup, null where nobody knows it, and the container if it has one. */
    private void cgroup(@Nullable ByteString path, @Nullable Container container, ProcessTable table, LineBuffer out) {
        if (path == null) {
            out.put(CGROUP.name).put("null");
        } else {
            path.copyTo(scratch, 0);
            bytes(out, CGROUP, path.length());
        }
        if (container != null) {
            container(container, table, out);
        }
    }

    private void container(Container container, ProcessTable table, LineBuffer out) {
        // Whoever may make cgroups chooses the id.
        out.put(",\"container\":{\"id\":");
        JsonText.put(out, container.id());
        out.put(",\"runtime\":\"").put(container.runtime()).put('"');
        if (!container.outer().isEmpty()) {
            out.put(",\"outer\":[");
            for (int i = 0; i < container.outer().size(); i++) {
                JsonText.put(out.put(i == 0 ? "" : ","), container.outer().get(i));
            }
            out.put(']');
        }
        if (container.delegatedTo().isPresent()) {
            number(out, "delegated_to", container.delegatedTo().getAsLong());
        }
        ContainerDetails details = table.detailsOf(container);
        String pod =
                container.pod().orElse(details == null ? null : details.pod().uid());
        if (pod != null) {
            out.put(",\"pod\":");
            JsonText.put(out, pod);
        }
        if (details == null) {
            nameless(table.absenceOf(container), out);
        } else {
            containers.put(details, out);
        }
        out.put('}');
    }

    /** Appends why the names of a container are not known, where they are wanted. */
    private static void nameless(@Nullable ContainerAbsence absence, LineBuffer out) {
        if (absence != null) {
            out.put(",\"name\":null,\"name_unknown\":\"").put(absence.name()).put('"');
        }
    }

    private void parents(ProcessImage image, LineBuffer out) {
        out.put(",\"parents\":[");
        List<Ancestor> ancestors = image.ancestors();
        for (int i = 0; i < ancestors.size(); i++) {
            Ancestor ancestor = ancestors.get(i);
            out.put(i == 0 ? "{\"tgid\":" : ",{\"tgid\":").putDecimal(ancestor.tgid());
            Program program = ancestor.program();
            file(program, out);
            if (ancestor.mountNamespace() == 0) {
                out.put(",\"mount_ns\":null");
            } else {
                number(out, "mount_ns", ancestor.mountNamespace());
            }
            out.put(",\"flags\":[");
            FLAGS.json(out, program.flags(), true);
            out.put(ancestor.isAsOfFork() ? "]}" : "],\"as_of_fork\":false}");
        }
        out.put(image.hasMoreAncestors() ? "],\"parents_cut\":true" : "]");
    }

    private void bytes(LineBuffer out, JsonKey key, BytesView view) {
        if (view.isPresent()) {
            bytes(out, key, view.copyTo(scratch, 0));
        } else {
            out.put(key.name).put("null");
        }
    }

    private void bytes(LineBuffer out, JsonKey key, Optional<ByteString> value) {
        ByteString bytes = value.orElse(null);
        if (bytes == null) {
            out.put(key.name).put("null");
        } else {
            bytes.copyTo(scratch, 0);
            bytes(out, key, bytes.length());
        }
    }

    private void bytes(LineBuffer out, JsonKey key, int length) {
        out.put(key.name);
        if (!JsonText.put(out, scratch, 0, length)) {
            out.put(key.hex);
            JsonText.putHex(out, scratch, 0, length);
        }
    }

    private static void number(LineBuffer out, String name, long value) {
        out.put(",\"").put(name).put("\":").putDecimal(value);
    }
}
