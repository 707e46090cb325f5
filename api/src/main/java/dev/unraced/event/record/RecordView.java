// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event.record;

import dev.unraced.event.EventView;
import dev.unraced.process.ProcessTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The view of a record for code that has the record's memory: readers of rings and recordings, drivers, and handlers
 * that copy whole records. Consumers see it as an {@link EventView}, which cannot be pointed elsewhere. Not
 * thread-safe.
 */
public final class RecordView extends EventView {

    /** Creates a view of nothing, for {@link #wrap}. */
    public RecordView() {}

    /**
     * Returns an event as the view of its record.
     *
     * @throws IllegalArgumentException when the event is none that this library handed over
     */
    public static RecordView of(EventView event) {
        if (event instanceof RecordView view) {
            return view;
        }
        throw new IllegalArgumentException("not the view of a record: " + event.getClass());
    }

    /**
     * Points this view at a record.
     *
     * @param buffer holds the record; must be little-endian
     * @param offset offset of the record's first byte in the buffer
     * @throws IllegalArgumentException when the buffer is big-endian
     */
    public RecordView wrap(ByteBuffer buffer, int offset) {
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

    /**
     * Points this view, and all views of its arguments, at nothing: the memory that holds the record is about to be
     * unmapped. Reading any of them throws {@link IndexOutOfBoundsException} until the next {@link #wrap}.
     */
    public void unwrap() {
        pointAtNothing();
    }

    /**
     * Copies the whole record into an array; allocates nothing.
     *
     * @param at index of the record's first byte in the array
     * @return the number of copied bytes, which is {@link #length()}
     * @throws IndexOutOfBoundsException when the record does not fit
     */
    public int copyTo(byte[] target, int at) {
        int length = length();
        recordBuffer().get(recordOffset(), target, at, length);
        return length;
    }

    /** Returns a copy of the whole record; allocates. */
    public byte[] toByteArray() {
        byte[] copy = new byte[length()];
        copyTo(copy, 0);
        return copy;
    }

    /**
     * Returns the buffer that holds the record, for code that writes it into another ring without an array between.
     * Others copy it by {@link #copyTo}. The record is where {@link #offset()} and {@link #length()} say. No code may
     * read it after the handler has returned: a close unmaps the memory behind it.
     */
    public ByteBuffer buffer() {
        return recordBuffer();
    }

    /** Returns the offset of the record in {@link #buffer()}. */
    public int offset() {
        return recordOffset();
    }
}
