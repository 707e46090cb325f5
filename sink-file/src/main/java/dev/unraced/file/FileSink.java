// SPDX-License-Identifier: Apache-2.0
package dev.unraced.file;

import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.format.EcsEventWriter;
import dev.unraced.format.EventWriter;
import dev.unraced.format.HostName;
import dev.unraced.format.JsonEventWriter;
import dev.unraced.format.LineBuffer;
import dev.unraced.format.OcsfEventWriter;
import dev.unraced.format.OpenFlagNames;
import dev.unraced.format.TextEventWriter;
import dev.unraced.format.WallClock;
import dev.unraced.process.ProcessTable;
import dev.unraced.server.sink.EventSink;
import dev.unraced.server.sink.SinkProcesses;
import java.io.IOException;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each event to a file, a line each, at once: what was written survives the server's death. A line that cannot
 * be written counts as lost, and the next one is tried.
 */
final class FileSink implements EventSink {
    static final String NAME = "file";

    private static final Logger LOG = LoggerFactory.getLogger(FileSink.class);
    /** Most lines fit into so many bytes; the buffer grows. */
    private static final int LINE_BYTES = 4096;

    private final WallClock clock = new WallClock();
    private final EventWriter writer;
    private final @Nullable ProcessTable table;
    private final RotatedFile file;
    private final Pending line = new Pending();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile String lastFailure = "";

    /** The line of the event that is being written. */
    private static final class Pending implements RotatedFile.Line {
        private final LineBuffer buffer = new LineBuffer(LINE_BYTES);

        @Override
        public int length() {
            return buffer.length();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            buffer.writeTo(out);
        }
    }

    private FileSink(FileSettings settings, @Nullable ProcessTable table) throws IOException {
        this.table = table;
        this.file = new RotatedFile(settings);
        OpenFlagNames flags = OpenFlagNames.ofThisMachine();
        this.writer = switch (settings.format()) {
            case JSON -> new JsonEventWriter(clock, flags, table);
            case OCSF -> new OcsfEventWriter(clock, flags, HostName.ofThisMachine(), version(), table);
            case ECS -> new EcsEventWriter(clock, flags, HostName.ofThisMachine(), table);
            case TABLE -> new TextEventWriter(clock, flags, ZoneId.systemDefault(), false, true, 0, table);
        };
    }

    static FileSink open(CaptureConfig config) {
        FileSettings settings = FileSettings.of(config);
        try {
            return new FileSink(settings, SinkProcesses.table(config));
        } catch (IOException e) {
            throw AccessCheck.refused(settings.path(), e);
        }
    }

    private static String version() {
        String version = FileSink.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    @Override
    public void onEvent(EventView event) {
        clock.arrived(event.nanos());
        line.buffer.clear();
        writer.write(event, line.buffer);
        append();
    }

    /** Writes a line of a process event, after the table knows it; none of a process that was there before. */
    @Override
    public void onProcess(ProcessView event) {
        if (table == null) {
            return;
        }
        table.update(event);
        if (event.type() == ProcessView.Type.ALIVE) {
            return;
        }
        clock.arrived(event.nanos());
        line.buffer.clear();
        writer.writeProcess(event, line.buffer);
        if (line.length() > 0) {
            append();
        }
    }

    private void append() {
        try {
            file.append(line);
            written.incrementAndGet();
            lastFailure = "";
        } catch (IOException e) {
            lost.incrementAndGet();
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            if (!why.equals(lastFailure)) {
                lastFailure = why;
                LOG.warn("The file of events takes none: {}", why);
            }
        }
    }

    @Override
    public long lost() {
        return lost.get();
    }

    @Override
    public @Nullable ProcessTable processes() {
        return table;
    }

    @Override
    public String describe() {
        return written.get() + " written, " + lost() + " lost"
                + (lastFailure.isEmpty() ? "" : " (last: " + lastFailure + ")");
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("The file of events was not closed in order: {}", e.getMessage());
        }
    }
}
