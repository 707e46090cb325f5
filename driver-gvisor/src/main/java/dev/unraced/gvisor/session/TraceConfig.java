// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.unraced.event.Syscall;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The trace session that the driver wants, in the form of {@code runsc --pod-init-config} and {@code runsc trace
 * create}. {@code docs/gvisor.md} explains each choice.
 */
public final class TraceConfig {
    /** The calls whose points report fd_path, the path of the file behind an open's descriptor. */
    public enum FdPath {
        /** No point, for the fewest frames. */
        NONE,
        /** The close of the open's descriptor. */
        CLOSE,
        /** The close and the first read of the open's descriptor. */
        READS
    }

    private static final List<String> WHO = List.of("time", "thread_id", "task_start_time", "group_id");
    private static final String GROUP_START = "thread_group_start_time";
    private static final List<String> READS = List.of("read", "readv", "pread64", "preadv", "preadv2");
    private static final int[] GUARDS = {
        Sysno.CLOSE, Sysno.DUP2, Sysno.DUP3, Sysno.CLOSE_RANGE, Sysno.EXECVE, Sysno.EXECVEAT
    };

    private static final Duration FIRST_BACKOFF = Duration.ofNanos(50_000);
    private static final Duration LAST_BACKOFF = Duration.ofMillis(10);

    private final Path endpoint;
    private final Set<Syscall> syscalls;
    private final FdPath fdPath;
    private final Duration patience;
    private final boolean requireMonitor;
    private final boolean processEvents;

    private record Point(String name, List<String> context, List<String> optional) {}

    /**
     * Makes a session.
     *
     * @param endpoint the socket of the driver
     * @param syscalls the calls to watch; openat2 is left out, as sentries do not have it
     * @param patience the time for which a thread of a sandbox tries to send a frame before it drops it
     * @param requireMonitor true if a sandbox must not start without a listener at the endpoint; otherwise it runs
     *     unwatched
     * @param processEvents whether to ask for what process events are made of, too
     */
    public TraceConfig(
            Path endpoint,
            Collection<Syscall> syscalls,
            FdPath fdPath,
            Duration patience,
            boolean requireMonitor,
            boolean processEvents) {
        this.endpoint = endpoint;
        this.syscalls = EnumSet.copyOf(syscalls);
        this.fdPath = fdPath;
        this.patience = patience;
        this.requireMonitor = requireMonitor;
        this.processEvents = processEvents;
        this.syscalls.remove(Syscall.OPENAT2);
    }

    /** The default time for which a thread of a sandbox waits for the driver. */
    public static final Duration USUAL_PATIENCE = Duration.ofSeconds(6);

    /** Returns the names of the requested points. */
    public List<String> pointNames() {
        return points().stream().map(Point::name).toList();
    }

    /** Returns the session as JSON. */
    public String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
            json.writeStartObject();
            json.writeObjectFieldStart("trace_session");
            json.writeStringField("name", "Default");
            json.writeArrayFieldStart("points");
            for (Point point : points()) {
                json.writeStartObject();
                json.writeStringField("name", point.name());
                array(json, "optional_fields", point.optional());
                array(json, "context_fields", point.context());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("sinks");
            sink(json);
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + "\n";
    }

    private void sink(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", "remote");
        if (!requireMonitor) {
            json.writeBooleanField("ignore_setup_error", true);
        }
        json.writeObjectFieldStart("config");
        json.writeStringField("endpoint", endpoint.toString());
        json.writeNumberField("retries", retries(patience));
        json.writeStringField("backoff", FIRST_BACKOFF.toNanos() / 1000 + "us");
        json.writeStringField("backoff_max", LAST_BACKOFF.toMillis() + "ms");
        json.writeEndObject();
        json.writeEndObject();
    }

    /**
     * Returns the number of attempts that fill a time, when the pause between two doubles from the first to the last
     * one.
     */
    static long retries(Duration patience) {
        long left = patience.toNanos();
        long pause = FIRST_BACKOFF.toNanos();
        long retries = 0;
        while (left > 0 && pause < LAST_BACKOFF.toNanos()) {
            left -= pause;
            pause *= 2;
            retries++;
        }
        long last = LAST_BACKOFF.toNanos();
        return left > 0 ? retries + (left + last - 1) / last : retries;
    }

    private static void array(JsonGenerator json, String name, List<String> values) throws IOException {
        if (!values.isEmpty()) {
            json.writeArrayFieldStart(name);
            for (String value : values) {
                json.writeString(value);
            }
            json.writeEndArray();
        }
    }

    private List<Point> points() {
        List<Point> points = new ArrayList<>();
        points.add(new Point("container/start", ofProcess(), List.of()));
        points.add(new Point("sentry/clone", ofProcess(), List.of()));
        points.add(new Point("sentry/task_exit", ofProcess(), List.of()));
        if (processEvents) {
            points.add(new Point("sentry/execve", ofProcess(), List.of()));
        }
        for (Syscall call : syscalls) {
            String name = "syscall/" + call.name().toLowerCase(Locale.ROOT);
            // These have only numbers, and an id that the runtime has chosen: the application can withhold nothing of
            // them.
            addRaw(points, Sysno.of(call));
            points.add(new Point(name + "/enter", WHO, List.of()));
            points.add(new Point(name + "/exit", ofCall("process_name"), List.of()));
        }
        if (processEvents) {
            addExec(points, Sysno.EXECVE, "syscall/execve");
            addExec(points, Sysno.EXECVEAT, "syscall/execveat");
        }
        if (fdPath != FdPath.NONE) {
            for (int number : GUARDS) {
                if (!processEvents || !Sysno.isExec(number)) {
                    points.add(new Point("syscall/sysno/" + number + "/enter", WHO, List.of()));
                }
            }
            points.add(new Point("syscall/close/enter", WHO, List.of("fd_path")));
        }
        if (fdPath == FdPath.READS) {
            READS.forEach(name -> points.add(new Point("syscall/" + name + "/enter", WHO, List.of("fd_path"))));
        }
        return points;
    }

    private void addExec(List<Point> points, int number, String name) {
        addRaw(points, number);
        points.add(new Point(name + "/enter", WHO, List.of()));
        points.add(new Point(name + "/exit", ofCall(), List.of()));
    }

    private void addRaw(List<Point> points, int number) {
        points.add(new Point("syscall/sysno/" + number + "/enter", ofCall(), List.of()));
        points.add(new Point("syscall/sysno/" + number + "/exit", ofCall(), List.of()));
    }

    /** Returns the fields of a call's points, with the start of the process where events of processes name it. */
    private List<String> ofCall(String... more) {
        List<String> fields = with("container_id", "credentials");
        fields.addAll(List.of(more));
        if (processEvents) {
            fields.add(GROUP_START);
        }
        return fields;
    }

    private List<String> ofProcess() {
        return processEvents ? with("container_id", "credentials", GROUP_START) : with("container_id");
    }

    private static List<String> with(String... more) {
        List<String> fields = new ArrayList<>(WHO);
        fields.addAll(List.of(more));
        return fields;
    }
}
