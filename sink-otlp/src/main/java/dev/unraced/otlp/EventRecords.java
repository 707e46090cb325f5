// SPDX-License-Identifier: Apache-2.0
package dev.unraced.otlp;

import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.Caller;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.SyscallEvent;
import dev.unraced.format.JsonEventWriter;
import dev.unraced.format.OpenFlagNames;
import dev.unraced.format.WallClock;
import dev.unraced.process.Container;
import dev.unraced.process.ContainerDetails;
import dev.unraced.process.Pod;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import dev.unraced.process.Program;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.logs.LogRecordProcessor;
import io.opentelemetry.sdk.logs.ReadWriteLogRecord;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes log records of events. The body is the event as a line of JSON, whole. What others search by is an attribute,
 * too, under the names of OpenTelemetry's semantic conventions where they have one. For one thread.
 */
final class EventRecords {
    private static final AttributeKey<Long> PROCESS = AttributeKey.longKey("process.pid");
    private static final AttributeKey<Long> PARENT = AttributeKey.longKey("process.parent_pid");
    private static final AttributeKey<Long> USER = AttributeKey.longKey("process.real_user.id");
    private static final AttributeKey<Long> THREAD = AttributeKey.longKey("thread.id");
    private static final AttributeKey<String> THREAD_NAME = AttributeKey.stringKey("thread.name");
    private static final AttributeKey<String> CONTAINER = AttributeKey.stringKey("container.id");
    private static final AttributeKey<Long> DELEGATED = AttributeKey.longKey("unraced.container.delegated_to");
    private static final AttributeKey<List<String>> OUTER = AttributeKey.stringArrayKey("unraced.container.outer");
    private static final AttributeKey<String> CONTAINER_NAME = AttributeKey.stringKey("k8s.container.name");
    private static final AttributeKey<String> IMAGE = AttributeKey.stringKey("container.image.name");
    private static final AttributeKey<String> POD_NAME = AttributeKey.stringKey("k8s.pod.name");
    private static final AttributeKey<String> POD_NAMESPACE = AttributeKey.stringKey("k8s.namespace.name");
    private static final AttributeKey<String> POD = AttributeKey.stringKey("k8s.pod.uid");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> FILE = AttributeKey.stringKey("file.path");
    private static final AttributeKey<String> INODE = AttributeKey.stringKey("file.inode");
    private static final AttributeKey<String> PEER = AttributeKey.stringKey("network.peer.address");
    private static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");
    private static final AttributeKey<String> ASKED = AttributeKey.stringKey("unraced.requested");
    private static final AttributeKey<String> PROVENANCE = AttributeKey.stringKey("unraced.provenance");
    private static final AttributeKey<String> INTEGRITY = AttributeKey.stringKey("unraced.integrity");
    private static final AttributeKey<List<String>> FLAGS = AttributeKey.stringArrayKey("unraced.flags");
    private static final AttributeKey<Long> SEQUENCE = AttributeKey.longKey("unraced.sequence");

    private static final AttributeKey<String> EXECUTABLE = AttributeKey.stringKey("process.executable.path");
    private static final AttributeKey<List<String>> PROCESS_FLAGS =
            AttributeKey.stringArrayKey("unraced.process.flags");
    private static final AttributeKey<List<String>> ARGUMENTS = AttributeKey.stringArrayKey("process.command_args");
    private static final AttributeKey<Long> EXIT_CODE = AttributeKey.longKey("process.exit.code");

    private final WallClock clock = new WallClock();
    private final @Nullable ProcessTable table;
    private final JsonEventWriter json;
    private final Kept kept = new Kept();
    private final Logger logger;

    /** @param table knows the processes behind the events; null without process events */
    EventRecords(String host, @Nullable ProcessTable table) {
        this.table = table;
        this.json = new JsonEventWriter(clock, OpenFlagNames.ofThisMachine(), table);
        this.logger = SdkLoggerProvider.builder()
                .setResource(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"), "unraced", AttributeKey.stringKey("host.name"), host)))
                .addLogRecordProcessor(kept)
                .build()
                .get("dev.unraced");
    }

    @Nullable
    ProcessTable table() {
        return table;
    }

    /** Keeps the record that the SDK makes, instead of a queue that forgets records without counting them. */
    private static final class Kept implements LogRecordProcessor {
        private Optional<LogRecordData> last = Optional.empty();

        @Override
        public void onEmit(Context context, ReadWriteLogRecord made) {
            last = Optional.of(made.toLogRecordData());
        }

        LogRecordData take() {
            LogRecordData taken = last.orElseThrow();
            last = Optional.empty();
            return taken;
        }
    }

    LogRecordData of(EventView view) {
        clock.arrived(view.nanos());
        SyscallEvent event = view.snapshot();
        Caller caller = event.caller();
        LogRecordBuilder made = logger.logRecordBuilder()
                .setTimestamp(clock.epochNanos(view.nanos()), TimeUnit.NANOSECONDS)
                .setEventName("unraced." + event.call().syscall().name().toLowerCase(Locale.ROOT))
                .setBody(json.toLine(view))
                .setAttribute(PROCESS, (long) caller.tgid())
                .setAttribute(THREAD, (long) caller.tid())
                .setAttribute(THREAD_NAME, caller.comm().toUtf8())
                .setAttribute(USER, caller.uid())
                .setAttribute(SEQUENCE, event.call().sequence())
                .setAttribute(
                        FLAGS,
                        event.flags().stream().map(EventFlag::name).sorted().toList());
        if (caller.parentTgid() != 0) {
            made.setAttribute(PARENT, (long) caller.parentTgid());
        }
        if (table != null) {
            describe(made, table.imageOf(view), table.containerOf(view), table);
        }
        caller.containerId().ifPresent(id -> made.setAttribute(CONTAINER, id.toUtf8()));
        event.errnoName().ifPresent(name -> made.setAttribute(ERROR, name));
        if (event instanceof OpenEvent open) {
            describe(made, open);
        } else if (event instanceof ConnectEvent connect) {
            describe(made, connect);
        }
        made.emit();
        return kept.take();
    }

    /** Takes a process event; returns a record of a fork, an exec or an exit. */
    Optional<LogRecordData> of(ProcessView view) {
        if (table == null) {
            return Optional.empty();
        }
        table.update(view);
        if (view.type() == ProcessView.Type.ALIVE) {
            return Optional.empty();
        }
        clock.arrived(view.nanos());
        LogRecordBuilder made = logger.logRecordBuilder()
                .setTimestamp(clock.epochNanos(view.nanos()), TimeUnit.NANOSECONDS)
                .setEventName("unraced." + view.type().name().toLowerCase(Locale.ROOT))
                .setBody(json.toLine(view))
                .setSeverity(Severity.INFO)
                .setSeverityText("INFO")
                .setAttribute(PROCESS, (long) view.tgid())
                .setAttribute(PARENT, (long) view.parentTgid())
                .setAttribute(USER, view.uid())
                .setAttribute(SEQUENCE, view.sequence());
        if (view.type() == ProcessView.Type.EXIT && view.exitSignal() == 0) {
            made.setAttribute(EXIT_CODE, (long) view.exitCode());
        }
        if (view.type() == ProcessView.Type.EXEC_FAILED) {
            view.errnoName().ifPresent(name -> made.setAttribute(ERROR, name));
        }
        describe(made, table.imageOf(view), table.containerOf(view), table);
        made.emit();
        return Optional.of(kept.take());
    }

    private static void describe(
            LogRecordBuilder made, @Nullable ProcessImage image, @Nullable Container container, ProcessTable table) {
        if (container != null) {
            made.setAttribute(CONTAINER, container.id());
            container.delegatedTo().ifPresent(user -> made.setAttribute(DELEGATED, user));
            if (!container.outer().isEmpty()) {
                made.setAttribute(OUTER, container.outer());
            }
        }
        ContainerDetails details = table.detailsOf(container);
        if (details != null) {
            describe(made, details);
        }
        if (image == null) {
            return;
        }
        Program program = image.program();
        program.executable().map(ByteString::toUtf8).ifPresent(path -> {
            made.setAttribute(EXECUTABLE, path);
            made.setAttribute(
                    PROCESS_FLAGS,
                    Stream.of(EventFlag.values())
                            .filter(program::has)
                            .map(EventFlag::name)
                            .sorted()
                            .toList());
        });
        if (program.hasArguments()) {
            made.setAttribute(
                    ARGUMENTS,
                    program.argumentList().stream().map(ByteString::toUtf8).toList());
        }
    }

    private static void describe(LogRecordBuilder made, ContainerDetails details) {
        details.name().ifPresent(name -> made.setAttribute(CONTAINER_NAME, name));
        details.image().ifPresent(image -> made.setAttribute(IMAGE, image));
        Pod pod = details.pod();
        made.setAttribute(POD_NAME, pod.name())
                .setAttribute(POD_NAMESPACE, pod.namespace())
                .setAttribute(POD, pod.uid());
        pod.labels().forEach((key, value) -> made.setAttribute(AttributeKey.stringKey("k8s.pod.label." + key), value));
    }

    private static void describe(LogRecordBuilder made, OpenEvent open) {
        judge(made, open.path(), open.how().integrity());
        Optional<OpenedFile> file = open.has(EventFlag.EXECUTION_UNKNOWN) ? Optional.empty() : open.file();
        open.path().asOptional().map(ByteString::toUtf8).ifPresent(path -> made.setAttribute(ASKED, path));
        file.ifPresent(opened -> made.setAttribute(INODE, Long.toUnsignedString(opened.inode())));
        // The path asked for may not be that of a file that was missed.
        file.map(OpenedFile::path)
                .or(() -> open.has(EventFlag.OBJECT_MISSED)
                        ? Optional.empty()
                        : open.path().asOptional())
                .map(ByteString::toUtf8)
                .ifPresent(path -> made.setAttribute(FILE, path));
    }

    private static void describe(LogRecordBuilder made, ConnectEvent connect) {
        judge(
                made,
                connect.address(),
                connect.block().map(block -> block.integrity()).orElse(Integrity.UNCHECKED));
        connect.address().asOptional().ifPresent(address -> made.setAttribute(ASKED, address.toString()));
        Optional<Sockaddr> peer = connect.has(EventFlag.EXECUTION_UNKNOWN)
                ? Optional.empty()
                : connect.socket().flatMap(ConnectedSocket::remote);
        peer.flatMap(Sockaddr::inetAddress).ifPresent(address -> {
            made.setAttribute(PEER, address.getHostAddress());
            made.setAttribute(PEER_PORT, (long) peer.get().port());
        });
    }

    /** Sets how far the argument is to be trusted; a changed one is a warning. */
    private static void judge(LogRecordBuilder made, Argument<?> argument, Integrity further) {
        boolean changed = argument.integrity() == Integrity.CHANGED || further == Integrity.CHANGED;
        made.setAttribute(PROVENANCE, argument.provenance().name())
                .setAttribute(INTEGRITY, argument.integrity().name())
                .setSeverity(changed ? Severity.WARN : Severity.INFO)
                .setSeverityText(changed ? "WARN" : "INFO");
    }
}
