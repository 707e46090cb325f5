// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event.record;

import static dev.unraced.event.Records.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.Abi;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Records;
import dev.unraced.event.Syscall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordEncoderTest {
    private final RecordEncoder encoder = new RecordEncoder();

    @Test
    void theLongestRecordFits() {
        byte[] path = new byte[RecordLayout.PATH_MAX];
        begin(Syscall.OPEN)
                .path(path, Provenance.ENTER, Integrity.UNCHECKED)
                .file(path, 0, 0, 0)
                .containerId(new byte[4_000]);

        int length = encoder.finishPartial();

        assertThat(length).isEqualTo(RecordEncoder.MAX_SIZE);
        assertThat(RecordValidator.isValid(encoder.buffer(), 0, length)).isTrue();
        assertThat(Records.view(encoder).containerId().length()).isEqualTo(4_000);
    }

    @Test
    void aFieldThatWasForgottenIsNamed() {
        begin(Syscall.OPENAT).sequence(0, 1).user(0, 0).comm(utf8("x")).dirfd(-100);
        assertThatThrownBy(encoder::finish)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the record of OPENAT lacks call, thread, to be set between begin and finish");

        begin(Syscall.CONNECT);
        assertThatThrownBy(encoder::finish)
                .hasMessageStartingWith("the record of CONNECT lacks sequence, call, thread, user, comm, fd, ");
    }

    @ParameterizedTest
    @EnumSource(Syscall.class)
    void aRecordWithAllRequiredFieldsIsFinished(Syscall syscall) {
        begin(syscall)
                .sequence(0, 1)
                .call(1, 2, 3)
                .thread(1, 1, 1, 1)
                .user(0, 0)
                .comm(utf8("x"));
        if (syscall == Syscall.CONNECT) {
            encoder.fd(3);
        }
        if (syscall == Syscall.OPENAT || syscall == Syscall.OPENAT2) {
            assertThatThrownBy(encoder::finish).hasMessageContaining(" lacks dirfd, ");
            encoder.dirfd(-100);
        }
        assertThat(encoder.finish()).isEqualTo(RecordLayout.FIXED_SIZE);
    }

    @Test
    void refusesMoreThanTheLongestRecord() {
        begin(Syscall.OPEN);

        assertThatThrownBy(() -> encoder.containerId(new byte[RecordEncoder.MAX_SIZE]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(RecordEncoder.MAX_SIZE));
    }

    @Test
    void recordsEndAtAMultipleOfTheAlignment() {
        for (int size = 0; size < 20; size++) {
            begin(Syscall.OPEN).path(new byte[size], Provenance.ENTER, Integrity.UNCHECKED);
            int length = encoder.finishPartial();

            assertThat(length).isEqualTo(RecordLayout.align(RecordLayout.FIXED_SIZE + size));
            assertThat(encoder.toByteArray()).hasSize(length);
            assertThat(RecordValidator.isValid(encoder.buffer(), 0, length)).isTrue();
        }
    }

    @Test
    void nothingOfAnEarlierRecordIsLeft() {
        begin(Syscall.CONNECT).fd(9).finishPartial();
        byte[] clean = encoder.toByteArray();

        Records.open(encoder);
        begin(Syscall.CONNECT).fd(9).finishPartial();

        assertThat(encoder.toByteArray()).isEqualTo(clean);
    }

    @Test
    void paddingIsZeroAlsoAfterALongerRecord() {
        begin(Syscall.OPEN)
                .path(utf8("xxxxxxxxxxxxxxxx"), Provenance.ENTER, Integrity.MATCH)
                .finishPartial();
        begin(Syscall.OPEN).path(utf8("a"), Provenance.ENTER, Integrity.MATCH).finishPartial();

        byte[] record = encoder.toByteArray();
        assertThat(record).hasSize(RecordLayout.FIXED_SIZE + 8);
        for (int i = RecordLayout.FIXED_SIZE + 1; i < record.length; i++) {
            assertThat(record[i]).isZero();
        }
    }

    @Test
    void aReaderMayMoveThePositionAndLimit() {
        int length = begin(Syscall.OPEN).finishPartial();
        encoder.buffer().limit(length).position(length);

        Records.open(encoder);

        assertThat(Records.view(encoder).path()).hasToString("../a");
    }

    @Test
    void longPathsAreCutAndFlagged() {
        byte[] path = new byte[RecordLayout.PATH_MAX + 1];
        path[0] = 'h';
        path[RecordLayout.PATH_MAX - 1] = 't';
        begin(Syscall.OPEN).path(path, Provenance.ENTER, Integrity.MATCH).finishPartial();
        EventView event = Records.view(encoder);

        assertThat(event.has(EventFlag.TRUNCATED)).isTrue();
        assertThat(event.path().length()).isEqualTo(RecordLayout.PATH_MAX);
        assertThat(event.path().byteAt(0)).isEqualTo((byte) 'h');
        assertThat(event.path().byteAt(RecordLayout.PATH_MAX - 1)).isEqualTo((byte) 't');
    }

    @Test
    void longResolvedPathsKeepTheirTail() {
        byte[] path = new byte[RecordLayout.PATH_MAX + 5];
        path[5] = 'h';
        path[path.length - 1] = 't';
        begin(Syscall.OPEN).file(path, 0, 0, 1).finishPartial();
        EventView event = Records.view(encoder);

        assertThat(event.has(EventFlag.RESOLVED_TRUNCATED)).isTrue();
        assertThat(event.has(EventFlag.TRUNCATED)).isFalse();
        assertThat(event.resolvedPath().byteAt(0)).isEqualTo((byte) 'h');
        assertThat(event.resolvedPath().byteAt(RecordLayout.PATH_MAX - 1)).isEqualTo((byte) 't');
    }

    @Test
    void longAddressesAreCutAndFlagged() {
        byte[] address = new byte[RecordLayout.ADDRESS_MAX + 1];
        begin(Syscall.CONNECT)
                .address(address, 129, Provenance.ENTER, Integrity.UNCHECKED)
                .socket(1, 1, 0, address, null)
                .finishPartial();
        EventView event = Records.view(encoder);

        assertThat(event.has(EventFlag.TRUNCATED)).isTrue();
        assertThat(event.address().length()).isEqualTo(RecordLayout.ADDRESS_MAX);
        assertThat(event.addrlen()).isEqualTo(129);
        assertThat(event.socketLocal().length()).isEqualTo(RecordLayout.ADDRESS_MAX);
        assertThat(event.socketRemote().isPresent()).isFalse();
    }

    @Test
    void anArgumentThatWasReadNowhereHasNoBytes() {
        begin(Syscall.OPEN).path(utf8("ignored"), Provenance.NONE, Integrity.UNCHECKED);

        assertThat(encoder.finishPartial()).isEqualTo(RecordLayout.FIXED_SIZE);
        assertThat(Records.view(encoder).path().isPresent()).isFalse();
    }

    @Test
    void commIsCutAsTheKernelDoes() {
        begin(Syscall.OPEN).comm(utf8("a-very-long-thread-name")).finishPartial();
        assertThat(Records.view(encoder).comm()).hasToString("a-very-long-thr");

        begin(Syscall.OPEN).comm(utf8("long-name")).comm(utf8("x")).finishPartial();
        assertThat(Records.view(encoder).comm()).hasToString("x");
    }

    private RecordEncoder begin(Syscall syscall) {
        return encoder.begin(syscall, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH);
    }
}
