// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import java.nio.ByteBuffer;

/** A finished record that a mutant falsifies, in the buffer that it was made in. */
public final class RecordEdit {
    private final ByteBuffer bytes;
    private int length;

    public RecordEdit(ByteBuffer bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    public ByteBuffer bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    public boolean isMerged() {
        return bytes.get(RecordLayout.TYPE) == RecordLayout.TYPE_MERGED;
    }

    public boolean isEnter() {
        return bytes.get(RecordLayout.TYPE) == RecordLayout.TYPE_ENTER;
    }

    public Syscall syscall() {
        return Syscall.of(bytes.get(RecordLayout.SYSCALL));
    }

    public boolean isConnect() {
        return syscall() == Syscall.CONNECT;
    }

    public Mitigation mitigation() {
        return Mitigation.of(bytes.get(RecordLayout.MITIGATION));
    }

    public long result() {
        return bytes.getLong(RecordLayout.RESULT);
    }

    public Provenance provenance() {
        return Provenance.of(bytes.get(RecordLayout.PROVENANCE));
    }

    public Integrity integrity() {
        return Integrity.of(bytes.get(RecordLayout.INTEGRITY));
    }

    public Provenance howProvenance() {
        return Provenance.of(bytes.get(RecordLayout.HOW_PROVENANCE));
    }

    public boolean has(EventFlag flag) {
        return (bytes.getInt(RecordLayout.FLAGS) & flag.mask()) != 0;
    }

    public long number(int field) {
        return bytes.getLong(field);
    }

    public int small(int field) {
        return bytes.getInt(field);
    }

    /** Sets a field of 8 bytes. */
    public void number(int field, long value) {
        bytes.putLong(field, value);
    }

    /** Sets a field of 4 bytes. */
    public void small(int field, int value) {
        bytes.putInt(field, value);
    }

    public void mitigation(Mitigation mode) {
        bytes.put(RecordLayout.MITIGATION, (byte) mode.code());
    }

    public void provenance(Provenance provenance) {
        bytes.put(RecordLayout.PROVENANCE, (byte) provenance.code());
    }

    public void integrity(Integrity integrity) {
        bytes.put(RecordLayout.INTEGRITY, (byte) integrity.code());
    }

    public void howProvenance(Provenance provenance) {
        bytes.put(RecordLayout.HOW_PROVENANCE, (byte) provenance.code());
    }

    public void howIntegrity(Integrity integrity) {
        bytes.put(RecordLayout.HOW_INTEGRITY, (byte) integrity.code());
    }

    public void set(EventFlag flag) {
        bytes.putInt(RecordLayout.FLAGS, bytes.getInt(RecordLayout.FLAGS) | flag.mask());
    }

    public void clear(EventFlag flag) {
        bytes.putInt(RecordLayout.FLAGS, bytes.getInt(RecordLayout.FLAGS) & ~flag.mask());
    }

    /** Returns the path or the address. */
    public byte[] argument() {
        return slice(RecordLayout.OPEN_PATH);
    }

    public void argument(byte[] value) {
        slice(RecordLayout.OPEN_PATH, value);
    }

    /** Edits the record as if the path or the address had not been read. */
    public void clearArgument() {
        remove(RecordLayout.OPEN_PATH);
        provenance(Provenance.NONE);
        integrity(Integrity.UNCHECKED);
    }

    public byte[] slice(int field) {
        byte[] value = new byte[Short.toUnsignedInt(bytes.getShort(field + Short.BYTES))];
        bytes.get(Short.toUnsignedInt(bytes.getShort(field)), value);
        return value;
    }

    /** Replaces the bytes of a slice; the new bytes come behind all others. */
    public void slice(int field, byte[] value) {
        bytes.put(length, value);
        bytes.putShort(field, (short) length);
        bytes.putShort(field + Short.BYTES, (short) value.length);
        length = RecordLayout.align(length + value.length);
        bytes.putInt(RecordLayout.LENGTH, length);
    }

    public void remove(int field) {
        bytes.putInt(field, 0);
    }
}
