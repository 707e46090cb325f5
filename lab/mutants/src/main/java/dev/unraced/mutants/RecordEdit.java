// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import java.nio.ByteBuffer;

/** A finished record that a mutant falsifies, in the buffer that it was made in. */
final class RecordEdit {
    private final ByteBuffer bytes;
    private int length;

    RecordEdit(ByteBuffer bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    ByteBuffer bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    boolean isEnter() {
        return bytes.get(RecordLayout.TYPE) == RecordLayout.TYPE_ENTER;
    }

    Syscall syscall() {
        return Syscall.of(bytes.get(RecordLayout.SYSCALL));
    }

    boolean isConnect() {
        return syscall() == Syscall.CONNECT;
    }

    Mitigation mitigation() {
        return Mitigation.of(bytes.get(RecordLayout.MITIGATION));
    }

    long result() {
        return bytes.getLong(RecordLayout.RESULT);
    }

    Provenance provenance() {
        return Provenance.of(bytes.get(RecordLayout.PROVENANCE));
    }

    Integrity integrity() {
        return Integrity.of(bytes.get(RecordLayout.INTEGRITY));
    }

    Provenance howProvenance() {
        return Provenance.of(bytes.get(RecordLayout.HOW_PROVENANCE));
    }

    boolean has(EventFlag flag) {
        return (bytes.getInt(RecordLayout.FLAGS) & flag.mask()) != 0;
    }

    long number(int field) {
        return bytes.getLong(field);
    }

    int small(int field) {
        return bytes.getInt(field);
    }

    /** Sets a field of 8 bytes. */
    void number(int field, long value) {
        bytes.putLong(field, value);
    }

    /** Sets a field of 4 bytes. */
    void small(int field, int value) {
        bytes.putInt(field, value);
    }

    void mitigation(Mitigation mode) {
        bytes.put(RecordLayout.MITIGATION, (byte) mode.code());
    }

    void provenance(Provenance provenance) {
        bytes.put(RecordLayout.PROVENANCE, (byte) provenance.code());
    }

    void integrity(Integrity integrity) {
        bytes.put(RecordLayout.INTEGRITY, (byte) integrity.code());
    }

    void howProvenance(Provenance provenance) {
        bytes.put(RecordLayout.HOW_PROVENANCE, (byte) provenance.code());
    }

    void howIntegrity(Integrity integrity) {
        bytes.put(RecordLayout.HOW_INTEGRITY, (byte) integrity.code());
    }

    void set(EventFlag flag) {
        bytes.putInt(RecordLayout.FLAGS, bytes.getInt(RecordLayout.FLAGS) | flag.mask());
    }

    void clear(EventFlag flag) {
        bytes.putInt(RecordLayout.FLAGS, bytes.getInt(RecordLayout.FLAGS) & ~flag.mask());
    }

    /** Returns the path or the address. */
    byte[] argument() {
        return slice(RecordLayout.OPEN_PATH);
    }

    void argument(byte[] value) {
        slice(RecordLayout.OPEN_PATH, value);
    }

    /** Edits the record as if the path or the address had not been read. */
    void forgetArgument() {
        remove(RecordLayout.OPEN_PATH);
        provenance(Provenance.NONE);
        integrity(Integrity.UNCHECKED);
    }

    byte[] slice(int field) {
        byte[] value = new byte[Short.toUnsignedInt(bytes.getShort(field + Short.BYTES))];
        bytes.get(Short.toUnsignedInt(bytes.getShort(field)), value);
        return value;
    }

    /** Replaces the bytes of a slice; the new bytes come behind all others. */
    void slice(int field, byte[] value) {
        bytes.put(length, value);
        bytes.putShort(field, (short) length);
        bytes.putShort(field + Short.BYTES, (short) value.length);
        length = RecordLayout.align(length + value.length);
        bytes.putInt(RecordLayout.LENGTH, length);
    }

    void remove(int field) {
        bytes.putInt(field, 0);
    }
}
