// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import static dev.unraced.recording.RecordingFormat.*;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.event.Capability;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordValidator;
import dev.unraced.event.record.RecordView;
import dev.unraced.linux.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a recording from start to end. If a file is damaged or cut short, all records before the damage are handed
 * over; then a {@link RecordingException} names the problem and its place. Memory is bounded whatever the file
 * contains.
 *
 * <p>Not thread-safe.
 */
public final class RecordingReader implements AutoCloseable {
    private final BlockReader blocks;
    private final String driver;
    private final Capabilities capabilities;
    private final @Nullable Mitigation mitigation;
    private final boolean processes;
    private final RecordView view = new RecordView();
    private final ProcessRecordView processView = new ProcessRecordView();
    private ByteBuffer content = ByteBuffer.allocate(0).order(ORDER);
    private int at;
    private int end;
    private int recordsLeft;
    private long wallOffset;
    private @Nullable CaptureStats stats;
    private @Nullable RecordingException failure;

    private RecordingReader(InputStream in, String name) {
        blocks = new BlockReader(in, name);
        try {
            Map<String, String> fields = blocks.readFileHeader();
            driver = fields.getOrDefault(DRIVER, "unknown");
            processes = blocks.version() >= PROCESSES;
            capabilities = capabilities(fields, processes);
            mitigation = mitigation(fields);
        } catch (RecordingException e) {
            closeAfter(e);
            throw e;
        }
    }

    /**
     * Opens a recording.
     *
     * @throws RecordingException when the file cannot be read, is not a recording, or is of a newer version
     */
    public static RecordingReader open(Path file) {
        return over(RecordingFile.read(file), file.toString());
    }

    /**
     * Reads a recording from a stream, which the reader closes. It reads ahead at most one block.
     *
     * @param name the stream's name in messages
     * @throws RecordingException as {@link #open} does
     */
    public static RecordingReader over(InputStream in, String name) {
        return new RecordingReader(in, name);
    }

    /** Returns the name of the driver whose capture was recorded. */
    public String driver() {
        return driver;
    }

    /** Returns the mode when the recording began; empty in a file of an earlier version of this library. */
    public Optional<Mitigation> mitigation() {
        return Optional.ofNullable(mitigation);
    }

    /**
     * Returns the capabilities of that driver, without those that this version does not know, and without
     * {@code PROCESS_EVENTS} where the capture did not make them.
     */
    public Capabilities capabilities() {
        return capabilities;
    }

    /**
     * Returns the offset from the times of the last event to nanoseconds since 1970. It is too large by the latency of
     * the fastest event that began a block, and by up to a millisecond. It can only become smaller while reading, until
     * an event 30 s or more older than a previous one begins another boot of the machine.
     */
    public long wallOffsetNanos() {
        return wallOffset;
    }

    /** Returns the statistics of the capture when the recording was closed; empty until the end has been reached. */
    public Optional<CaptureStats> stats() {
        return Optional.ofNullable(stats);
    }

    /**
     * Hands over the next events. An exception of the handler reaches the caller, and the next poll goes on after that
     * event.
     *
     * @param limit the largest number of events, 1 or more; fewer may come before the end
     * @return the number of events handed over, 0 at the end
     * @throws RecordingException when the recording cannot be read further, and again each time
     */
    public int poll(EventHandler handler, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or more, not " + limit);
        }
        if (failure != null) {
            throw failure;
        }
        return at < end || nextBlockOrFailure() ? deliver(handler, limit) : 0;
    }

    @Override
    public void close() {
        try {
            blocks.close();
        } catch (IOException e) {
            throw RecordingException.of("A recording cannot be closed: " + FileErrors.reason(e) + ".", e);
        }
    }

    private boolean nextBlockOrFailure() {
        try {
            return nextBlock();
        } catch (RecordingException e) {
            failure = e;
            throw e;
        }
    }

    private boolean nextBlock() {
        if (stats != null) {
            return false;
        }
        blocks.next();
        if (blocks.kind() == KIND_END) {
            readStats();
            return false;
        }
        if (blocks.kind() != KIND_RECORDS) {
            throw blocks.damaged("there is no kind " + blocks.kind());
        }
        if (content.array() != blocks.content()) {
            content = ByteBuffer.wrap(blocks.content()).order(ORDER);
        }
        at = 0;
        end = blocks.length();
        recordsLeft = blocks.records();
        wallOffset = blocks.wallOffset();
        if (end == 0) {
            throw blocks.damaged("it holds no record");
        }
        return true;
    }

    private int deliver(EventHandler handler, int limit) {
        int count = 0;
        while (count < limit && at < end) {
            int record = at;
            int length = end - at < Integer.BYTES ? 0 : content.getInt(at + RecordLayout.LENGTH);
            boolean call = length <= end - at && RecordValidator.isValid(content, at, length);
            if (recordsLeft == 0 || !(call || isProcess(length))) {
                if (count > 0) {
                    break;
                }
                throw blocks.damaged("its content at " + at + " is no record");
            }
            at += length;
            recordsLeft--;
            count++;
            if (call) {
                handler.onEvent(view.wrap(content, record));
            } else {
                handler.onProcess(processView.wrap(content, record));
            }
        }
        return count;
    }

    /** Returns whether the next record is a well-formed one of a process event, in a file that may have them. */
    private boolean isProcess(int length) {
        return processes && length <= end - at && ProcessRecordView.isValid(content, at, length);
    }

    private void readStats() {
        try {
            stats = StatsText.decode(Fields.decode(blocks.content(), 0, blocks.length()));
        } catch (IllegalArgumentException e) {
            throw blocks.damaged("its statistics make no sense: " + e.getMessage());
        }
        // The end was reached, whatever somebody has appended.
        blocks.requireEnd();
    }

    private static @Nullable Mitigation mitigation(Map<String, String> fields) {
        String recorded = fields.get(MITIGATION);
        return Stream.of(Mitigation.values())
                .filter(mode -> mode.name().equals(recorded))
                .findFirst()
                .orElse(null);
    }

    private static Capabilities capabilities(Map<String, String> fields, boolean processes) {
        Capabilities found = Capabilities.complete();
        if (!processes) {
            found = found.without(Feature.PROCESS_EVENTS, "the recording was made without process events");
        }
        for (Capability capability : Capabilities.all()) {
            String reason = fields.get(lacking(capability));
            if (reason != null) {
                found = found.without(capability, reason.isBlank() ? "no reason was recorded" : reason);
            }
        }
        return found;
    }

    private void closeAfter(RecordingException e) {
        try {
            blocks.close();
        } catch (IOException suppressed) {
            e.addSuppressed(suppressed);
        }
    }
}
