// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ByteString;
import dev.unraced.event.ProcessLayout;
import dev.unraced.event.ProcessView;
import dev.unraced.event.RecordLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Tests that the size of a record's fixed part, which has grown, is found in the record. */
class ProcessRecordViewTest {
    private static final int[] SLICES = {
        ProcessLayout.PATH,
        ProcessLayout.RESOLVED,
        ProcessLayout.INTERPRETER,
        ProcessLayout.ARGUMENTS,
        ProcessLayout.CGROUP
    };
    private static final ByteString PATH = ByteString.utf8("/usr/lib/a-directory-of-its-own/tool");

    @Test
    void aRecordOfTodayHasAllFields() {
        ByteBuffer record = exec(ProcessLayout.FIXED_SIZE);
        assertThat(isValid(record)).isTrue();
        ProcessView view = new ProcessRecordView().wrap(record, 0);
        assertThat(view.path().toByteString()).isEqualTo(PATH);
        assertThat(view.hasCredentialsBefore()).isTrue();
        assertThat(view.effectiveUidBefore()).isEqualTo(7);
        assertThat(view.containerId().toByteString()).isEqualTo(PATH);
        assertThat(view.isTerminalKnown()).isTrue();
        assertThat(view.terminalMajor()).isEqualTo(136);
        assertThat(view.terminalMinor()).isEqualTo(3);
    }

    @Test
    void aTerminalIsADeviceOrNoneOrUnknown() {
        ProcessEncoder encoder = new ProcessEncoder();
        for (int[] device : new int[][] {{136, 3}, {4, 65}, {4095, (1 << 20) - 1}, {0, 0}}) {
            encoder.begin(ProcessView.Type.EXEC, 1)
                    .terminal(device[0], device[1])
                    .finish();
            ProcessView view = new ProcessRecordView().wrap(encoder.buffer(), 0);
            assertThat(view.isTerminalKnown()).isTrue();
            assertThat(view.hasTerminal()).isEqualTo(device[0] != 0);
            assertThat(view.terminalMajor()).isEqualTo(device[0]);
            assertThat(view.terminalMinor()).isEqualTo(device[1]);
        }
        encoder.begin(ProcessView.Type.EXEC, 1).finish();
        ProcessView unknown = new ProcessRecordView().wrap(encoder.buffer(), 0);
        assertThat(unknown.isTerminalKnown()).isFalse();
        assertThat(unknown.hasTerminal()).isFalse();
        assertThat(unknown.terminalMajor() + unknown.terminalMinor()).isZero();
    }

    @Test
    void aShorterRecordLacksTheFieldsBehindItsFixedPart() {
        for (int fixed = ProcessLayout.FIRST_FIXED_SIZE; fixed < ProcessLayout.CONTAINER; fixed += 8) {
            ByteBuffer record = exec(fixed);
            assertThat(isValid(record)).as("a fixed part of %d", fixed).isTrue();
            ProcessView view = new ProcessRecordView().wrap(record, 0);
            assertThat(view.path().toByteString()).isEqualTo(PATH);
            assertThat(view.hasCredentialsBefore()).isFalse();
            assertThat(view.containerId().isPresent()).isFalse();
            assertThat(view.isTerminalKnown()).isFalse();
        }
        ByteBuffer between = exec(ProcessLayout.CONTAINER);
        ProcessView view = new ProcessRecordView().wrap(between, 0);
        assertThat(view.hasCredentialsBefore()).isTrue();
        assertThat(view.effectiveUidBefore()).isEqualTo(7);
        assertThat(view.containerId().isPresent()).isFalse();
        assertThat(view.isTerminalKnown()).isFalse();
    }

    /** No byte may follow such a record, in which a view could find a field. */
    @Test
    void aShortRecordWithoutTextsEndsWithItsFixedPart() {
        ByteBuffer record = buffer(ProcessLayout.FIRST_FIXED_SIZE);
        assertThat(isValid(record)).isTrue();
        ProcessView view = new ProcessRecordView().wrap(record, 0).snapshot();
        assertThat(view.path().isPresent()).isFalse();
        assertThat(view.containerId().isPresent()).isFalse();
        assertThat(view.hasCredentialsBefore()).isFalse();
        assertThat(view.uidBefore() + view.gidBefore() + view.effectiveUidBefore() + view.effectiveGidBefore())
                .isZero();
        assertThat(view.capabilitiesBefore()).isZero();
        assertThat(view.isTerminalKnown()).isFalse();
        assertThat(view.terminalMajor() + view.terminalMinor()).isZero();
    }

    /** A sandbox's fork has no other text than its container's id. */
    @Test
    void aTextThatTheFirstRecordsLackEndsTheFixedPart() {
        ByteBuffer record = exec(ProcessLayout.FIXED_SIZE);
        record.putInt(ProcessLayout.PATH, 0);
        assertThat(isValid(record)).isTrue();
        ProcessView view = new ProcessRecordView().wrap(record, 0);
        assertThat(view.containerId().toByteString()).isEqualTo(PATH);
        assertThat(view.hasCredentialsBefore()).isTrue();
    }

    @Test
    void noTextLiesInTheFixedPartOfTheFirstRecords() {
        for (int field : SLICES) {
            ByteBuffer record = exec(ProcessLayout.FIXED_SIZE);
            record.putInt(field, 1 << Short.SIZE | ProcessLayout.FIRST_FIXED_SIZE - 1);
            assertThat(isValid(record)).as("the slice at %d", field).isFalse();
        }
        ByteBuffer record = exec(ProcessLayout.FIXED_SIZE);
        record.putInt(ProcessLayout.CONTAINER, 1 << Short.SIZE | ProcessLayout.FIXED_SIZE - 1);
        assertThat(isValid(record)).as("the slice of the container").isFalse();
    }

    private static boolean isValid(ByteBuffer record) {
        return ProcessRecordView.isValid(record, 0, record.limit());
    }

    /** Returns the record of an exec whose path comes behind a fixed part of this size. */
    private static ByteBuffer exec(int fixed) {
        ByteBuffer record = buffer(RecordLayout.align(fixed + PATH.length()));
        record.put(ProcessLayout.CALL, (byte) ProcessView.ExecCall.EXECVE.code());
        record.putInt(ProcessLayout.EUID_BEFORE, 7);
        record.putInt(ProcessLayout.TERMINAL, 136 << ProcessLayout.MINOR_BITS | 3);
        record.putInt(ProcessLayout.CONTAINER, PATH.length() << Short.SIZE | ProcessLayout.FIXED_SIZE);
        record.putInt(ProcessLayout.PATH, PATH.length() << Short.SIZE | fixed);
        record.position(fixed).put(PATH.toByteArray());
        return record.position(0);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(ProcessLayout.LENGTH, size)
                .putShort(ProcessLayout.VERSION_OFFSET, (short) RecordLayout.VERSION)
                .put(ProcessLayout.TYPE, (byte) ProcessLayout.TYPE_EXEC);
    }
}
