// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordValidator;
import dev.unraced.event.record.RecordView;
import dev.unraced.testing.Allocation;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Checks that code which runs once per event allocates nothing. */
class EventAllocationTest {
    private final RecordView event = new RecordView();
    private final byte[] target = new byte[16];
    private long sum;

    @Test
    void readingAnOpen() {
        ByteBuffer record = Records.copy(Records.open(new RecordEncoder()));
        checkReading(record);
    }

    @Test
    void readingAConnect() {
        ByteBuffer record = Records.copy(Records.connect(new RecordEncoder()));
        checkReading(record);
    }

    private void checkReading(ByteBuffer record) {
        ByteString other = event.wrap(record, 0).path().toByteString();
        Allocation.assertNone(() -> {
            sum += RecordValidator.isValid(record, 0, record.capacity()) ? 1 : 0;
            event.wrap(record, 0);
            sum += Readers.readAll(event) + Readers.readByFlags(event);
            sum += event.path().copyTo(target, 0) + (event.path().contentEquals(other) ? 1 : 0);
        });
        assertThat(sum).isNotZero();
    }

    @Test
    void writingARecord() {
        RecordEncoder encoder = new RecordEncoder();
        byte[] path = Records.utf8("/etc/passwd");
        Allocation.assertNone(() -> {
            encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                    .sequence(1, 1)
                    .call(1, 2, 3)
                    .thread(1, 1, 1, 1)
                    .user(0, 0)
                    .namespaces(1, 2, 3)
                    .comm(path)
                    .containerId(path)
                    .dirfd(-100)
                    .path(path, Provenance.ENTER, Integrity.UNCHECKED)
                    .how(0, 0, 0, 0, Provenance.KERNEL, Integrity.MATCH)
                    .file(path, 8, 1, 2);
            sum += encoder.finish();
            encoder.begin(Syscall.CONNECT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                    .sequence(1, 2)
                    .call(1, 2, 3)
                    .thread(1, 1, 1, 1)
                    .user(0, 0)
                    .comm(path)
                    .fd(3)
                    .address(path, 11, Provenance.ENTER, Integrity.UNCHECKED)
                    .socket(2, 1, 6, path, null);
            sum += encoder.finish();
        });
        assertThat(sum).isNotZero();
    }
}
