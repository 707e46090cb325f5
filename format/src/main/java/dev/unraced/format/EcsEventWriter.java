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
import dev.unraced.process.Pod;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import dev.unraced.process.Program;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes events by the Elastic Common Schema, version {@value #VERSION}. Fields that the schema lacks are under
 * {@code unraced}.
 */
public final class EcsEventWriter implements EventWriter {
    static final String VERSION = "9.4.0";

    private static final int TCP = 6;
    private static final int UDP = 17;

    private final WallClock clock;
    private final String host;
    private final SchemaEvent event;
    private final @Nullable ProcessTable table;
    private final ContainerTexts names = new ContainerTexts(EcsEventWriter::names);
    private final ContainerTexts pods = new ContainerTexts(EcsEventWriter::pod);
    private final TimeText time = new TimeText("yyyy-MM-dd'T'HH:mm:ss", ZoneOffset.UTC);

    /**
     * Makes a writer.
     *
     * @param host the name of the machine that the events are from
     */
    public EcsEventWriter(WallClock clock, OpenFlagNames openFlags, String host) {
        this(clock, openFlags, host, null);
    }

    /**
     * Makes a writer.
     *
     * @param host the name of the machine that the events are from
     * @param table knows the processes behind the events; null without process events
     */
    public EcsEventWriter(WallClock clock, OpenFlagNames openFlags, String host, @Nullable ProcessTable table) {
        this.table = table;
        this.clock = clock;
        this.event = new SchemaEvent(openFlags, host);
        this.host = host;
    }

    @Override
    public void write(EventView view, LineBuffer out) {
        JsonFields fields = begin(view.nanos(), out);
        event(fields, view);
        String error = view.errnoName().orElse(null);
        if (error != null) {
            fields.begin("error").word("code", error).end();
        }
        fields.begin("host").word("hostname", host).end();
        process(fields, view);
        Container container = table == null || view.containerId().isPresent() ? null : table.containerOf(view);
        ContainerDetails details = SchemaEvent.details(table, container);
        if (view.containerId().isPresent()) {
            int length = event.copy(view.containerId());
            fields.begin("container").bytes("id", event.bytes, 0, length).end();
        } else {
            container(fields, container, details, out);
        }
        if (view.isOpenLike()) {
            file(fields, view);
        } else {
            connection(fields, view);
        }
        fields.begin("unraced");
        event.own(fields, view, out);
        SchemaEvent.process(fields, view, table);
        SchemaEvent.around(fields, container);
        SchemaEvent.nameless(fields, table, container, details);
        fields.end().end();
        out.put('\n');
    }

    private JsonFields begin(long nanos, LineBuffer out) {
        JsonFields fields = new JsonFields(out).begin();
        time(fields, "@timestamp", nanos);
        return fields.begin("ecs").word("version", VERSION).end();
    }

    private void time(JsonFields fields, String name, long nanos) {
        LineBuffer out = fields.key(name).put('"');
        time.put(out, clock.epochNanos(nanos));
        out.put("Z\"");
    }

    private void container(
            JsonFields fields, @Nullable Container container, @Nullable ContainerDetails details, LineBuffer out) {
        if (container == null) {
            return;
        }
        SchemaEvent.container(fields.begin("container"), "id", container);
        if (details != null) {
            names.put(details, out);
        }
        fields.end();
        if (details != null) {
            pods.put(details, out);
        }
    }

    /** Appends the fields of a container, with a comma before each. */
    private static void names(ContainerDetails details, LineBuffer out) {
        details.name().ifPresent(name -> JsonText.put(out.put(",\"name\":"), name));
        details.image().ifPresent(image -> {
            JsonText.put(out.put(",\"image\":{\"name\":"), image);
            out.put('}');
        });
    }

    /** Appends the pod, which the schema calls the resource of an orchestrator, with a comma before it. */
    private static void pod(ContainerDetails details, LineBuffer out) {
        Pod pod = details.pod();
        out.put(',');
        JsonFields fields = new JsonFields(out);
        fields.begin("orchestrator")
                .word("type", "kubernetes")
                .text("namespace", pod.namespace())
                .begin("resource")
                .word("type", "pod")
                .text("name", pod.name())
                .text("id", pod.uid());
        fields.key("label").put('[');
        String comma = "";
        for (Map.Entry<String, String> label : pod.labels().entrySet()) {
            JsonText.put(out.put(comma), label.getKey() + ":" + label.getValue());
            comma = ",";
        }
        out.put(']');
        fields.end().end();
    }

    /**
     * Appends a fork, an exec or a failed exec as a start, an exit as an end; nothing of a process that was there
     * before.
     */
    @Override
    public void writeProcess(ProcessView view, LineBuffer out) {
        if (view.type() == ProcessView.Type.ALIVE) {
            return;
        }
        boolean ends = view.type() == ProcessView.Type.EXIT;
        boolean failed = view.type() == ProcessView.Type.EXEC_FAILED;
        JsonFields fields = begin(view.nanos(), out);
        fields.begin("event").word("kind", "event").word("module", "unraced").word("dataset", "unraced.processes");
        fields.key("category").put("[\"process\"]");
        fields.key("type").put(ends ? "[\"end\"]" : "[\"start\"]");
        fields.word("action", SchemaEvent.lower(view.type()))
                .word("outcome", failed ? "failure" : "success")
                .number("severity", SchemaEvent.severity(view))
                .number("sequence", view.sequence())
                .end();
        fields.begin("host").word("hostname", host).end();
        fields.begin("process").number("pid", view.tgid());
        thread(fields, view.comm(), view.tid());
        known(fields, table == null ? null : table.imageOf(view), view.parentTgid());
        terminal(fields, view.terminalMajor(), view.terminalMinor());
        real(fields, view.uid(), table == null ? null : table.userOf(view), view.gid());
        fields.begin("user").digits("id", view.effectiveUid()).end();
        fields.begin("group").digits("id", view.effectiveGid()).end();
        if (ends) {
            time(fields, "end", view.nanos());
            if (view.exitSignal() == 0) {
                fields.number("exit_code", view.exitCode());
            }
        }
        fields.end();
        Container container = table == null ? null : table.containerOf(view);
        ContainerDetails details = SchemaEvent.details(table, container);
        container(fields, container, details, out);
        fields.begin("unraced");
        event.own(fields, view, out);
        SchemaEvent.process(fields, view, table);
        SchemaEvent.around(fields, container);
        SchemaEvent.nameless(fields, table, container, details);
        fields.end().end();
        out.put('\n');
    }

    /** Appends what a table knows of a process, and the parent. */
    private void known(JsonFields fields, @Nullable ProcessImage image, int parentTgid) {
        if (image != null) {
            event.identity(fields, "entity_id", image);
            time(fields, "start", image.startNanos());
            executable(fields, image.program());
            arguments(fields, image.program());
        }
        if (parentTgid != 0) {
            fields.begin("parent").number("pid", parentTgid);
            Program parent = SchemaEvent.parent(image, parentTgid);
            if (parent != null) {
                executable(fields, parent);
            }
            fields.end();
        }
    }

    private void executable(JsonFields fields, Program program) {
        ByteString path = program.executable().orElse(null);
        if (path != null && program.has(EventFlag.HAS_FILE)) {
            fields.bytes("executable", event.bytes, 0, event.copy(path));
        }
    }

    private void arguments(JsonFields fields, Program program) {
        int length = event.arguments(program);
        if (length < 0) {
            return;
        }
        event.arguments(fields.key("args"), length);
        if (!program.has(EventFlag.TRUNCATED)) {
            fields.number("args_count", event.countArguments(length));
        }
        fields.bytes("command_line", event.bytes, 0, event.joinArguments(length));
    }

    private static void event(JsonFields fields, EventView view) {
        fields.begin("event").word("kind", "event").word("module", "unraced").word("dataset", "unraced.calls");
        fields.key("category").put(view.isOpenLike() ? "[\"file\"]" : "[\"network\"]");
        fields.key("type").put(type(view));
        fields.word("action", SchemaEvent.lower(view.syscall()))
                .word(
                        "outcome",
                        SchemaEvent.succeeded(view) ? "success" : SchemaEvent.failed(view) ? "failure" : "unknown")
                .number("severity", SchemaEvent.severity(view))
                .number("sequence", view.sequence());
        if (!view.isEnter() && view.enterNanos() != 0) {
            fields.number("duration", view.exitNanos() - view.enterNanos());
        }
        fields.end();
    }

    private static String type(EventView view) {
        if (view.isOpenLike()) {
            boolean created = view.has(EventFlag.CREATED) && SchemaEvent.hasFile(view);
            return created ? "[\"creation\"]" : "[\"access\"]";
        }
        boolean started = !SchemaEvent.failed(view) && !view.has(EventFlag.EXECUTION_UNKNOWN);
        return started ? "[\"connection\",\"start\"]" : "[\"connection\"]";
    }

    private void thread(JsonFields fields, BytesView comm, int tid) {
        int length = event.copy(comm);
        fields.bytes("name", event.bytes, 0, length)
                .begin("thread")
                .number("id", tid)
                .end();
    }

    /** Appends the real user and group. */
    private void real(JsonFields fields, long uid, @Nullable ByteString user, long gid) {
        fields.begin("real_user").digits("id", uid);
        event.text(fields, "name", user);
        fields.end();
        fields.begin("real_group").digits("id", gid).end();
    }

    private void process(JsonFields fields, EventView view) {
        fields.begin("process").number("pid", view.tgid());
        thread(fields, view.comm(), view.tid());
        // The table knows the terminal as of the exec, and the caller can have left it since.
        known(fields, table == null ? null : table.imageOf(view), view.parentTgid());
        real(fields, view.uid(), table == null ? null : table.userOf(view), view.gid());
        fields.end();
    }

    /** Appends the controlling terminal, and nothing where there is none. */
    private static void terminal(JsonFields fields, int major, int minor) {
        if (major != 0) {
            fields.begin("tty").begin("char_device");
            fields.number("major", major).number("minor", minor).end().end();
        }
    }

    /** Appends the opened file, or else the named one; neither when the driver missed an opened file. */
    private void file(JsonFields fields, EventView view) {
        boolean opened = SchemaEvent.hasFile(view) && view.resolvedPath().isPresent();
        if (!opened && (SchemaEvent.isObjectMissed(view) || !view.path().isPresent())) {
            return;
        }
        int length = event.copy(opened ? view.resolvedPath() : view.path());
        fields.begin("file")
                .bytes("path", event.bytes, 0, length)
                .bytes("name", event.bytes, event.lastName(length), length);
        if (opened) {
            fields.digits("inode", view.inode());
            SchemaEvent.device(fields.key("device").put('"'), view).put('"');
        }
        fields.end();
    }

    private void connection(JsonFields fields, EventView view) {
        RawAddress address = event.address;
        boolean known = event.peer(view);
        boolean inet = known && address.hasIp();
        boolean isIpv4 = inet && address.family() == Sockaddr.AF_INET;
        if (inet) {
            fields.begin("destination");
            endpoint(fields);
            fields.end();
        } else if (known && address.isUnix()) {
            fields.begin("destination")
                    .bytes("address", address.bytes, address.unixStart(), address.unixEnd())
                    .end();
        }
        if (SchemaEvent.hasSocket(view) && address.read(view.socketLocal()) && address.hasIp()) {
            fields.begin("source");
            endpoint(fields);
            fields.end();
        }
        if (inet) {
            fields.begin("network").word("type", isIpv4 ? "ipv4" : "ipv6").word("direction", "egress");
            if (SchemaEvent.hasSocket(view)) {
                fields.digits("iana_number", view.socketProtocol());
                if (view.socketProtocol() == TCP || view.socketProtocol() == UDP) {
                    fields.word("transport", view.socketProtocol() == TCP ? "tcp" : "udp");
                }
            }
            fields.end();
        }
    }

    private void endpoint(JsonFields fields) {
        for (String name : new String[] {"address", "ip"}) {
            LineBuffer out = fields.key(name).put('"');
            event.address.ip(out);
            out.put('"');
        }
        fields.number("port", event.address.port());
    }
}
