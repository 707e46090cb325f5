// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Abi;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import dev.unraced.process.ProcessTable;
import dev.unraced.protocol.v1.Block;
import dev.unraced.protocol.v1.Connect;
import dev.unraced.protocol.v1.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventCodecTest {
    private static Event encoded(RecordEncoder record) {
        record.finishPartial();
        return EventCodec.encode(new RecordView().wrap(record.buffer(), 0)).build();
    }

    private static RecordEncoder connect() {
        return new RecordEncoder()
                .begin(Syscall.CONNECT, Abi.IA32, Origin.SYSCALL, Mitigation.STASH)
                .call(1, 2, 0)
                .fd(5)
                .address(new byte[] {2, 0, 0, 80, 127, 0, 0, 1}, 8, Provenance.ENTER, Integrity.MATCH);
    }

    @Test
    void theBlockOfSocketcallIsCarried() {
        Connect message =
                encoded(connect().block(Provenance.ENTER, Integrity.CHANGED)).getConnect();

        assertThat(message.getBlock())
                .isEqualTo(Block.newBuilder()
                        .setProvenance(dev.unraced.protocol.v1.Provenance.PROVENANCE_ENTER)
                        .setIntegrity(dev.unraced.protocol.v1.Integrity.INTEGRITY_CHANGED)
                        .build());
    }

    @Test
    void aConnectThatCameInAnotherWayHasNoBlock() {
        assertThat(encoded(connect()).getConnect().hasBlock()).isFalse();
    }

    @Test
    void aCallNamesItsProgramOrWhyNobodyKnowsIt() {
        ProcessTable table = new ProcessTable();
        RecordEncoder record = connect().process(99, 3);
        record.thread(7, 7, 1, 6);
        record.finishPartial();
        RecordView call = new RecordView().wrap(record.buffer(), 0);
        assertThat(EventCodec.describe(EventCodec.encode(call), call, table).getImageUnknown())
                .isEqualTo("NOT_SEEN");

        ProcessEncoder exec = new ProcessEncoder();
        exec.begin(ProcessView.Type.EXEC, 1)
                .sequence(0, 1)
                .process(7, 7, 99, 3)
                .path(bytes("/tmp/tool"))
                .executable(bytes("/usr/bin/dash"), 8, 1, 15)
                .arguments(bytes("tool\0"))
                .finish();
        ProcessRecordView view = new ProcessRecordView().wrap(exec.buffer(), 0);
        table.update(view);
        Event known = EventCodec.describe(EventCodec.encode(call), call, table).build();
        assertThat(known.getImage().getExecutable().getPath().toStringUtf8()).isEqualTo("/usr/bin/dash");
        assertThat(known.getImage().getArguments().toStringUtf8()).isEqualTo("tool\0");
        assertThat(known.getProcessKey())
                .isEqualTo(EventCodec.encode(view).getProcess().getProcessKey());
    }

    @Test
    void aFailedExecIsCarriedAndSoAreTheCredentialsBeforeAnExec() {
        ProcessEncoder encoder = new ProcessEncoder();
        encoder.begin(ProcessView.Type.EXEC_FAILED, 2)
                .failed(ProcessView.ExecCall.EXECVEAT, Mitigation.STASH, 1, -100, 0x1000, -2)
                .trust(Provenance.ENTER, Integrity.CHANGED)
                .path(bytes("/tmp/none"))
                .finish();
        dev.unraced.protocol.v1.Process failed = processOf(encoder);
        assertThat(failed.getPath().toStringUtf8()).isEqualTo("/tmp/none");
        assertThat(failed.getExecCall().getNumber()).isEqualTo(2);
        assertThat(failed.getFailed().getResult()).isEqualTo(-2);
        assertThat(failed.getFailed().getDirfd()).isEqualTo(-100);
        assertThat(failed.getFailed().getAtFlags()).isEqualTo(0x1000);
        assertThat(failed.getFailed().getEnterNanos()).isEqualTo(1);
        assertThat(failed.getFailed().getPathIntegrityValue()).isEqualTo(Integrity.CHANGED.code());
        assertThat(failed.getFailed().getPathProvenanceValue()).isEqualTo(Provenance.ENTER.code());
        assertThat(failed.getFailed().getMitigationValue()).isEqualTo(Mitigation.STASH.code() + 1);
        encoder.begin(ProcessView.Type.EXEC, 3)
                .before(ProcessView.ExecCall.EXECVE, 1, 2, 3, 4, 5)
                .finish();
        dev.unraced.protocol.v1.Credentials before = processOf(encoder).getBefore();
        assertThat(List.of(before.getUid(), before.getGid(), before.getEffectiveUid(), before.getEffectiveGid()))
                .containsExactly(1, 2, 3, 4);
        assertThat(before.getCapabilities()).isEqualTo(5);
        encoder.begin(ProcessView.Type.EXEC, 4).finish();
        assertThat(processOf(encoder).hasBefore()).isFalse();
    }

    private static dev.unraced.protocol.v1.Process processOf(ProcessEncoder encoder) {
        return EventCodec.encode(new ProcessRecordView().wrap(encoder.buffer(), 0))
                .getProcess();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource(EventFlag.class)
    void everyFlagIsCarried(EventFlag flag) {
        assertThat(encoded(connect().flag(flag)).getFlags()).isEqualTo(flag.mask());
    }
}
