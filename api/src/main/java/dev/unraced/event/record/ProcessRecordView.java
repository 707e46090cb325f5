// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event.record;

import static dev.unraced.event.ProcessLayout.*;

import dev.unraced.event.Abi;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.process.ProcessTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The view of a process event's record, for code that has the record's memory. Not thread-safe. */
public final class ProcessRecordView extends ProcessView {
    /** The codes of a record: each field, and the number of codes, which begin with 0. */
    private static final int[][] CODES = {
        {MITIGATION, Mitigation.values().length},
        {CALL, ExecCall.values().length},
        {ABI, Abi.values().length},
        {PROVENANCE, Provenance.values().length},
        {INTEGRITY, Integrity.values().length}
    };

    /** Creates a view of nothing, for {@link #wrap}. */
    public ProcessRecordView() {}

    /**
     * Returns whether the bytes at an offset are a well-formed record of a process event of exactly the given size.
     * Allocates nothing, throws nothing.
     *
     * @param buffer little-endian; bytes beyond its limit do not count
     * @param offset offset of the first byte
     * @param size size in bytes that the carrier gives
     */
    public static boolean isValid(ByteBuffer buffer, int offset, int size) {
        if (size < FIRST_FIXED_SIZE
                || offset < 0
                || offset > buffer.limit() - size
                || size % RecordLayout.ALIGNMENT != 0) {
            return false;
        }
        int type = buffer.get(offset + TYPE);
        if (buffer.getInt(offset + LENGTH) != size
                || buffer.getShort(offset + VERSION_OFFSET) != RecordLayout.VERSION
                || type < TYPE_FORK
                || type > TYPE_EXEC_FAILED) {
            return false;
        }
        for (int[] field : CODES) {
            if (buffer.get(offset + field[0]) < 0 || buffer.get(offset + field[0]) >= field[1]) {
                return false;
            }
        }
        return holdsItsTexts(buffer, offset);
    }

    /**
     * Points this view at a record.
     *
     * @param buffer holds the record; must be little-endian
     * @param offset offset of the record's first byte in the buffer
     * @throws IllegalArgumentException when the buffer is big-endian
     */
    public ProcessRecordView wrap(ByteBuffer buffer, int offset) {
        if (buffer.order() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalArgumentException("records are little-endian, the buffer is not");
        }
        pointAt(buffer, offset);
        return this;
    }

    /** Has {@link #process} ask a table, for this record and for those that this view is pointed at later. */
    public void askProcessesOf(ProcessTable table) {
        setProcesses(table);
    }

    /** Returns whether a well-formed record of an event is one of a process event. */
    public static boolean isAt(ByteBuffer buffer, int offset) {
        return buffer.get(offset + TYPE) >= TYPE_FORK;
    }

    /** Returns the view of an event's record: each process event is one. */
    public static ProcessRecordView of(ProcessView event) {
        return (ProcessRecordView) event;
    }

    /** Returns the buffer that holds the record. */
    public ByteBuffer buffer() {
        return recordBuffer();
    }

    /** Returns the offset of the record in {@link #buffer()}. */
    public int offset() {
        return recordOffset();
    }

    /**
     * Copies the whole record into an array.
     *
     * @return the length of the record in bytes
     */
    public int copyTo(byte[] target, int at) {
        int length = length();
        recordBuffer().get(recordOffset(), target, at, length);
        return length;
    }

    @Override
    public ProcessRecordView snapshot() {
        byte[] copy = toByteArray();
        return new ProcessRecordView()
                .wrap(ByteBuffer.wrap(copy).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN), 0);
    }

    /** Returns a copy of the whole record; allocates. */
    public byte[] toByteArray() {
        byte[] copy = new byte[length()];
        copyTo(copy, 0);
        return copy;
    }

    /** Points this view, and all views of its parts, at nothing: the memory is about to be unmapped. */
    public void unwrap() {
        pointAtNothing();
    }
}
