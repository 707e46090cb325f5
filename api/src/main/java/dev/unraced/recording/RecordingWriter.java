// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import static dev.unraced.recording.RecordingFormat.*;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordView;
import dev.unraced.linux.BootOrder;
import dev.unraced.linux.FileErrors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * Records the events of a capture, its process events included. Their records gather in a block. The writer writes the
 * block when it has 64 KiB, when an event comes a second or more after the block's first event, and on {@link #flush}.
 * A killed process loses at most that block. {@link #close} adds the capture's statistics; without them, a reader
 * reports that the recording is cut short.
 *
 * <p>One thread at a time may record, flush and close; any thread may call {@link #events} and {@link #bytes}.
 * Allocates nothing per event. A write error throws a {@link RecordingException} once; events after that are dropped.
 */
public final class RecordingWriter implements EventHandler, AutoCloseable {
    private static final long BLOCK_NANOS = 1_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final String name;
    private final Capture capture;
    private final boolean processes;
    private final BlockWriter out;
    private final byte[] block = new byte[MAX_CONTENT];
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private int used;
    private int records;
    /** The time of the first event with a time in the block; 0 before there was one. */
    private long blockStart;

    private final BootOrder order = new BootOrder();
    private long wallOffset = Long.MAX_VALUE;
    private boolean finished;

    private RecordingWriter(OutputStream stream, String name, Capture capture, byte[] header) {
        this.name = name;
        this.capture = capture;
        this.processes = isOfProcesses(header);
        this.out = new BlockWriter(stream);
        try {
            stream.write(header);
            stream.flush();
            bytes.set(header.length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /**
     * Starts a recording in a new file that only its owner can read.
     *
     * @param capture the capture whose events will be recorded
     * @throws RecordingException when the file exists, or cannot be created
     */
    public static RecordingWriter open(Path file, Capture capture) {
        // A capture that cannot answer now leaves no file.
        byte[] header = header(capture);
        return new RecordingWriter(RecordingFile.create(file), file.toString(), capture, header);
    }

    /** Starts a recording as {@link #open} does, but replaces an existing file and keeps its permissions. */
    public static RecordingWriter replace(Path file, Capture capture) {
        byte[] header = header(capture);
        return new RecordingWriter(RecordingFile.createOrReplace(file), file.toString(), capture, header);
    }

    /**
     * Starts a recording on a stream, which the writer closes. When this throws, the stream is closed if it could not
     * be written to, and untouched otherwise.
     *
     * @param name the stream's name in messages
     * @throws RecordingException when the stream cannot be written to
     */
    public static RecordingWriter over(OutputStream stream, String name, Capture capture) {
        return new RecordingWriter(stream, name, capture, header(capture));
    }

    /**
     * Records an event.
     *
     * @throws RecordingException when a block became full and cannot be written
     */
    @Override
    public void onEvent(EventView event) {
        if (finished) {
            return;
        }
        begin(event.length(), event.nanos());
        used += RecordView.of(event).copyTo(block, used);
        end(event.nanos());
    }

    /**
     * Records a process event.
     *
     * @throws RecordingException when a block became full and cannot be written
     * @throws IllegalStateException when the capture said that it makes none
     */
    @Override
    public void onProcess(ProcessView event) {
        if (finished) {
            return;
        }
        if (!processes) {
            throw new IllegalStateException("recording " + name + " is of a capture without process events");
        }
        // A server tells later of a process that was there, with the time at which its image began: not that of now.
        long nanos = event.type() == ProcessView.Type.ALIVE ? 0 : event.nanos();
        begin(event.length(), nanos);
        used += ProcessRecordView.of(event).copyTo(block, used);
        end(nanos);
    }

    private void begin(int length, long nanos) {
        if (length > MAX_RECORD) {
            throw RecordingException.of("A record of " + length + " bytes is too long for recording " + name + ": "
                    + MAX_RECORD + " is the most.");
        }
        if (nanos != 0) {
            lookForAnotherBoot(nanos);
            if (blockStart == 0) {
                startBlock(nanos);
            }
        }
    }

    private void end(long nanos) {
        records++;
        if (used >= BLOCK_TARGET || (nanos != 0 && nanos - blockStart >= BLOCK_NANOS)) {
            flush();
        }
    }

    /**
     * Writes the gathered block, if it has records.
     *
     * @throws RecordingException when it cannot be written
     */
    public void flush() {
        if (records > 0 && !finished) {
            write(KIND_RECORDS);
            events.addAndGet(records);
            used = 0;
            records = 0;
            blockStart = 0;
        }
    }

    /** Returns the number of events in the blocks written so far. */
    public long events() {
        return events.get();
    }

    /** Returns the size of the recording so far, in bytes. */
    public long bytes() {
        return bytes.get();
    }

    /**
     * Writes the gathered block and the current statistics of the capture; so close the capture first. Further calls do
     * nothing. A recording whose capture throws instead of giving its statistics is closed, too, and cut short.
     *
     * @throws RecordingException when the recording cannot be written, unless an earlier call has thrown it
     */
    @Override
    public void close() {
        if (finished) {
            return;
        }
        flush();
        byte[] stats = encodedStats();
        System.arraycopy(stats, 0, block, 0, stats.length);
        used = stats.length;
        write(KIND_END);
        finished = true;
        try {
            out.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private byte[] encodedStats() {
        try {
            return Fields.encode(StatsText.encode(capture.stats()));
        } catch (RuntimeException | Error e) {
            finish(e);
            throw e;
        }
    }

    /** Begins another block with another offset at an event of another boot, and another block behind such a one. */
    private void lookForAnotherBoot(long nanos) {
        switch (order.note(nanos)) {
            case ANOTHER_BOOT -> {
                flush();
                wallOffset = Long.MAX_VALUE;
            }
            case FAR_AHEAD -> flush();
            case FIRST, SAME_BOOT -> {
                // The block goes on.
            }
        }
    }

    /**
     * Updates the offset from boot to wall clock, which is the smallest among the first events of blocks: no event
     * arrives before it was made. Java cannot read CLOCK_BOOTTIME, and a simulation may use another clock.
     */
    private void startBlock(long nanos) {
        blockStart = nanos;
        wallOffset = Math.min(wallOffset, System.currentTimeMillis() * NANOS_PER_MILLI - nanos);
    }

    private void write(byte kind) {
        try {
            bytes.addAndGet(out.write(kind, block, used, records, wallOffset == Long.MAX_VALUE ? 0 : wallOffset));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private RecordingException failed(IOException e) {
        RecordingException failure = RecordingException.of(
                "Recording " + name + " cannot be written: " + FileErrors.reason(e) + ". Its first " + bytes.get()
                        + " bytes can be read. Make room, or record elsewhere.",
                e);
        finish(failure);
        return failure;
    }

    /** Closes the recording after a failure. */
    private void finish(Throwable failure) {
        finished = true;
        try {
            out.close();
        } catch (IOException again) {
            failure.addSuppressed(again);
        }
    }

    private static boolean isOfProcesses(byte[] header) {
        return ByteBuffer.wrap(header).order(ORDER).getShort(FILE_VERSION) == PROCESSES;
    }

    private static byte[] header(Capture capture) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(DRIVER, capture.driver());
        fields.put(MITIGATION, capture.mitigation().name());
        capture.capabilities().lacking().forEach((capability, reason) -> fields.put(lacking(capability), reason));
        byte[] text = Fields.encode(fields);
        ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_SIZE + text.length).order(ORDER);
        header.put(magic());
        header.putShort(FILE_VERSION, (short) (capture.processEvents() ? PROCESSES : CALLS));
        header.putShort(FILE_LAYOUT, (short) RecordLayout.VERSION);
        header.putInt(FILE_TEXT_LENGTH, text.length);
        header.put(FILE_HEADER_SIZE, text);
        CRC32C checksum = new CRC32C();
        checksum.update(header.array(), 0, FILE_CHECKSUM);
        checksum.update(text, 0, text.length);
        header.putInt(FILE_CHECKSUM, (int) checksum.getValue());
        return header.array();
    }
}
