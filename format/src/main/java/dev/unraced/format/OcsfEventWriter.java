// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Sockaddr;
import dev.unraced.process.Container;
import dev.unraced.process.ContainerDetails;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import dev.unraced.process.Program;
import org.jspecify.annotations.Nullable;

/**
 * Writes events by the Open Cybersecurity Schema Framework, version {@value #VERSION}: class 1001, File System
 * Activity, class 4001, Network Activity, and class 1007, Process Activity, with the profiles host and container.
 * Fields that the schema lacks are in {@code unmapped}.
 */
public final class OcsfEventWriter implements EventWriter {
    static final String VERSION = "1.8.0";

    private static final int FILE_ACTIVITY = 1001;
    private static final int NETWORK_ACTIVITY = 4001;
    private static final int PROCESS_ACTIVITY = 1007;
    private static final int LAUNCH = 1;
    private static final int TERMINATE = 2;
    private static final int FORKED = 2;
    private static final int EXECUTED = 3;
    private static final int REGULAR_FILE = 1;
    private static final int UNKNOWN = 0;
    private static final int CREATE = 1;
    private static final int OPEN_FILE = 14;
    private static final int OPEN_CONNECTION = 1;
    private static final int FAIL = 4;
    private static final int REFUSE = 5;
    private static final int OUTBOUND = 2;
    private static final int LOCAL = 4;
    private static final int LOCALHOST = 1;
    private static final long ECONNREFUSED = -dev.unraced.linux.Errno.ECONNREFUSED;
    private static final long MILLI = 1_000_000;

    private final WallClock clock;
    private final String host;
    private final String product;
    private final SchemaEvent event;
    private final ContainerTexts names = new ContainerTexts(OcsfEventWriter::names);
    private final ContainerTexts pods = new ContainerTexts((details, out) -> ContainerTexts.pod(details.pod(), out));
    private final @Nullable ProcessTable table;

    /**
     * Makes a writer.
     *
     * @param host the name of the machine that the events are from
     * @param product the version of this command
     */
    public OcsfEventWriter(WallClock clock, OpenFlagNames openFlags, String host, String product) {
        this(clock, openFlags, host, product, null);
    }

    /**
     * Makes a writer.
     *
     * @param host the name of the machine that the events are from
     * @param product the version of this command
     * @param table knows the processes behind the events; null without process events
     */
    public OcsfEventWriter(
            WallClock clock, OpenFlagNames openFlags, String host, String product, @Nullable ProcessTable table) {
        this.table = table;
        this.clock = clock;
        this.event = new SchemaEvent(openFlags, host);
        this.host = host;
        this.product = product;
    }

    @Override
    public void write(EventView view, LineBuffer out) {
        JsonFields fields = new JsonFields(out).begin();
        classify(fields, view);
        times(fields, view);
        outcome(fields, view);
        Container found = table == null ? null : table.containerOf(view);
        metadata(fields, view.containerId().isPresent() || found != null, view.sequence());
        Container container = view.containerId().isPresent() ? null : found;
        ContainerDetails details = SchemaEvent.details(table, container);
        actor(fields, view, container, details);
        if (view.isOpenLike()) {
            files(fields, view);
        } else {
            connection(fields, view);
        }
        fields.begin("unmapped");
        event.own(fields, view, out);
        SchemaEvent.process(fields, view, table);
        SchemaEvent.around(fields, container);
        pod(fields, container, details, out);
        fields.end().end();
        out.put('\n');
    }

    private void metadata(JsonFields fields, boolean container, long sequence) {
        fields.begin("metadata").word("version", VERSION);
        fields.key("profiles").put(container ? "[\"host\",\"container\"]" : "[\"host\"]");
        fields.number("sequence", sequence)
                .begin("product")
                .word("name", "Unraced")
                .word("vendor_name", "Unraced")
                .word("version", product)
                .end()
                .end();
        fields.begin("device").number("type_id", 0).word("hostname", host).end();
    }

    /**
     * Appends a fork, an exec or a failed exec as a launch, an exit as a termination; nothing of a process that was
     * there before.
     */
    @Override
    public void writeProcess(ProcessView view, LineBuffer out) {
        if (view.type() == ProcessView.Type.ALIVE) {
            return;
        }
        boolean ends = view.type() == ProcessView.Type.EXIT;
        boolean failed = view.type() == ProcessView.Type.EXEC_FAILED;
        int activity = ends ? TERMINATE : LAUNCH;
        Container container = table == null ? null : table.containerOf(view);
        ContainerDetails details = SchemaEvent.details(table, container);
        JsonFields fields = new JsonFields(out).begin();
        fields.number("category_uid", PROCESS_ACTIVITY / 1000)
                .number("class_uid", PROCESS_ACTIVITY)
                .number("activity_id", activity)
                .number("type_uid", PROCESS_ACTIVITY * 100L + activity);
        if (!ends) {
            fields.number("launch_type_id", view.type() == ProcessView.Type.FORK ? FORKED : EXECUTED);
        }
        fields.number("severity_id", SchemaEvent.severity(view))
                .number("time", clock.epochNanos(view.nanos()) / MILLI)
                .number("status_id", failed ? 2 : 1)
                .word("status", failed ? "Failure" : "Success");
        if (failed) {
            view.errnoName().ifPresent(name -> fields.word("status_code", name));
        }
        metadata(fields, container != null, view.sequence());
        // A process executes its program and ends by itself; only a fork is another's.
        int acting = view.type() == ProcessView.Type.FORK ? view.forkerTgid() : view.tgid();
        fields.begin("actor").begin("process").number("pid", acting).end().end();
        process(fields, view, container, details);
        if (ends && view.exitSignal() == 0) {
            fields.number("exit_code", view.exitCode());
        }
        fields.begin("unmapped");
        event.own(fields, view, out);
        SchemaEvent.process(fields, view, table);
        SchemaEvent.around(fields, container);
        if (view.hasTerminal()) {
            fields.begin("terminal")
                    .number("device_major", view.terminalMajor())
                    .number("device_minor", view.terminalMinor())
                    .end();
        }
        pod(fields, container, details, out);
        fields.end().end();
        out.put('\n');
    }

    private void process(
            JsonFields fields, ProcessView view, @Nullable Container container, @Nullable ContainerDetails details) {
        fields.begin("process").number("pid", view.tgid()).number("ptid", view.tid());
        int length = event.copy(view.comm());
        fields.bytes("name", event.bytes, 0, length);
        user(fields, view.uid(), table == null ? null : table.userOf(view));
        ProcessImage image = table == null ? null : table.imageOf(view);
        known(fields, image, view.parentTgid(), container, details);
        if (view.type() == ProcessView.Type.EXIT) {
            fields.number("terminated_time", clock.epochNanos(view.nanos()) / MILLI);
        }
        fields.end();
    }

    /** Appends what a table knows of a process, and the parent. */
    private void known(
            JsonFields fields,
            @Nullable ProcessImage image,
            int parentTgid,
            @Nullable Container container,
            @Nullable ContainerDetails details) {
        if (image != null) {
            event.identity(fields, "uid", image);
            fields.number("created_time", clock.epochNanos(image.startNanos()) / MILLI);
            file(fields, image.program());
            int length = event.arguments(image.program());
            if (length >= 0) {
                fields.bytes("cmd_line", event.bytes, 0, event.joinArguments(length));
            }
        }
        if (parentTgid != 0) {
            fields.begin("parent_process").number("pid", parentTgid);
            Program parent = SchemaEvent.parent(image, parentTgid);
            if (parent != null) {
                file(fields, parent);
            }
            fields.end();
        }
        if (container != null) {
            SchemaEvent.container(fields.begin("container"), "uid", container);
            if (details != null) {
                names.put(details, fields.buffer());
            }
            fields.end();
        }
    }

    /** Appends the fields of a container, with a comma before each. An image needs its id in the schema. */
    private static void names(ContainerDetails details, LineBuffer out) {
        details.name().ifPresent(name -> JsonText.put(out.put(",\"name\":"), name));
        if (details.image().isPresent() && details.imageId().isPresent()) {
            JsonText.put(out.put(",\"image\":{\"uid\":"), details.imageId().get());
            JsonText.put(out.put(",\"name\":"), details.image().get());
            out.put('}');
        }
        JsonText.put(
                out.put(",\"orchestrator\":\"kubernetes\",\"pod_uuid\":"),
                details.pod().uid());
    }

    /** Appends what the schema has no place for: name, namespace and labels of the pod, or why nobody knows them. */
    private void pod(
            JsonFields fields, @Nullable Container container, @Nullable ContainerDetails details, LineBuffer out) {
        if (details == null) {
            SchemaEvent.nameless(fields, table, container, null);
        } else {
            pods.put(details, out);
        }
    }

    private void user(JsonFields fields, long uid, @Nullable ByteString name) {
        fields.begin("user").digits("uid", uid);
        event.text(fields, "name", name);
        fields.end();
    }

    /** Appends the file that a process executes, where it is known. */
    private void file(JsonFields fields, Program program) {
        ByteString path = program.executable().orElse(null);
        if (path == null || !program.has(EventFlag.HAS_FILE)) {
            return;
        }
        int length = event.copy(path);
        fields.begin("file")
                .number("type_id", REGULAR_FILE)
                .bytes("name", event.bytes, event.lastName(length), length)
                .bytes("path", event.bytes, 0, length);
        // No file has the inode number 0; it stands for one that the driver does not know.
        if (program.inode() != 0) {
            fields.key("uid")
                    .put('"')
                    .putDecimal(program.deviceMajor())
                    .put(':')
                    .putDecimal(program.deviceMinor())
                    .put(':')
                    .putUnsigned(program.inode())
                    .put('"');
        }
        fields.end();
    }

    private static int activity(EventView view) {
        if (view.isOpenLike()) {
            return view.has(EventFlag.CREATED) && SchemaEvent.hasFile(view) ? CREATE : OPEN_FILE;
        }
        if (!SchemaEvent.failed(view)) {
            return view.has(EventFlag.EXECUTION_UNKNOWN) ? UNKNOWN : OPEN_CONNECTION;
        }
        return view.result() == ECONNREFUSED && !view.has(EventFlag.NOT_EXECUTED) ? REFUSE : FAIL;
    }

    private static void classify(JsonFields fields, EventView view) {
        int classUid = view.isOpenLike() ? FILE_ACTIVITY : NETWORK_ACTIVITY;
        int activity = activity(view);
        fields.number("category_uid", classUid / 1000)
                .number("class_uid", classUid)
                .number("activity_id", activity)
                .number("type_uid", classUid * 100L + activity)
                .number("severity_id", SchemaEvent.severity(view));
    }

    /** Appends the times, as milliseconds since 1970. */
    private void times(JsonFields fields, EventView view) {
        fields.number("time", clock.epochNanos(view.nanos()) / MILLI);
        if (view.enterNanos() != 0) {
            fields.number("start_time", clock.epochNanos(view.enterNanos()) / MILLI);
        }
        if (!view.isEnter()) {
            fields.number("end_time", clock.epochNanos(view.exitNanos()) / MILLI);
            if (view.enterNanos() != 0) {
                fields.number("duration", (view.exitNanos() - view.enterNanos()) / MILLI);
            }
        }
    }

    private static void outcome(JsonFields fields, EventView view) {
        if (SchemaEvent.succeeded(view)) {
            fields.number("status_id", 1).word("status", "Success");
        } else if (SchemaEvent.failed(view)) {
            fields.number("status_id", 2).word("status", "Failure");
        } else {
            fields.number("status_id", 0).word("status", "Unknown");
        }
        String error = view.errnoName().orElse(null);
        if (error != null) {
            fields.word("status_code", error);
        }
    }

    private void actor(
            JsonFields fields, EventView view, @Nullable Container container, @Nullable ContainerDetails details) {
        fields.begin("actor").begin("process").number("pid", view.tgid()).number("ptid", view.tid());
        int length = event.copy(view.comm());
        fields.bytes("name", event.bytes, 0, length);
        user(fields, view.uid(), table == null ? null : table.userOf(view));
        known(fields, table == null ? null : table.imageOf(view), view.parentTgid(), container, details);
        if (view.containerId().isPresent()) {
            length = event.copy(view.containerId());
            fields.begin("container").bytes("uid", event.bytes, 0, length).end();
        }
        fields.end().end();
    }

    private void files(JsonFields fields, EventView view) {
        file(fields.begin("file"), view.path()).end();
        if (SchemaEvent.hasFile(view)) {
            file(fields.begin("file_result"), view.resolvedPath());
            SchemaEvent.device(fields.key("uid").put('"'), view)
                    .put(':')
                    .putUnsigned(view.inode())
                    .put('"');
            fields.end();
        }
    }

    /** Appends a file, whose name the schema requires; the name of an unreadable path is empty. */
    private JsonFields file(JsonFields fields, BytesView path) {
        fields.number("type_id", 0);
        if (!path.isPresent()) {
            return fields.word("name", "");
        }
        int length = event.copy(path);
        return fields.bytes("name", event.bytes, event.lastName(length), length).bytes("path", event.bytes, 0, length);
    }

    private void connection(JsonFields fields, EventView view) {
        boolean known = event.peer(view);
        RawAddress address = event.address;
        fields.begin("dst_endpoint");
        boolean inet = known && address.hasIp();
        int version = inet ? version(address) : 0;
        boolean loopback = inet && event.isLoopback();
        if (inet) {
            endpoint(fields);
        } else if (known && address.isUnix()) {
            fields.bytes("name", address.bytes, address.unixStart(), address.unixEnd());
        } else {
            fields.word("name", "");
        }
        fields.end();
        if (SchemaEvent.hasSocket(view) && address.read(view.socketLocal()) && address.hasIp()) {
            fields.begin("src_endpoint");
            endpoint(fields);
            fields.end();
        }
        fields.begin("connection_info").number("direction_id", loopback ? LOCAL : inet ? OUTBOUND : 0);
        if (loopback) {
            fields.number("boundary_id", LOCALHOST);
        }
        if (inet) {
            fields.number("protocol_ver_id", version);
            if (SchemaEvent.hasSocket(view)) {
                fields.number("protocol_num", view.socketProtocol());
            }
        }
        fields.end();
    }

    private static int version(RawAddress address) {
        return address.family() == Sockaddr.AF_INET ? 4 : 6;
    }

    private void endpoint(JsonFields fields) {
        LineBuffer out = fields.key("ip").put('"');
        event.address.ip(out);
        out.put('"');
        fields.number("port", event.address.port());
    }
}
