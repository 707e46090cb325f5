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
import dev.unraced.process.UserNames;
import dev.unraced.protocol.v1.Ancestor;
import dev.unraced.protocol.v1.Block;
import dev.unraced.protocol.v1.Connect;
import dev.unraced.protocol.v1.Container;
import dev.unraced.protocol.v1.Event;
import dev.unraced.protocol.v1.Image;
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
    void whatIsKnownOfACallerIsToldWithoutItsProgram() {
        ProcessTable table = new ProcessTable(new UserNames(uid -> "alice"));
        String id = "0123456789abcdef".repeat(4);
        String cgroup = "/user.slice/user-1000.slice/user@1000.service/docker/" + id + "/lxc/web";
        ProcessEncoder exec = new ProcessEncoder();
        exec.begin(ProcessView.Type.EXEC, 1)
                .sequence(0, 1)
                .process(8, 8, 99, 3)
                .user(1000, 1000, 1000, 1000)
                .namespaces(77, 1, 1)
                .cgroup(bytes(cgroup))
                .finish();
        ProcessRecordView view = new ProcessRecordView().wrap(exec.buffer(), 0);
        while (table.userOf(view) == null) {
            Thread.onSpinWait();
        }
        table.update(view);
        RecordEncoder record = connect().process(99, 4).user(1000, 1000).namespaces(77, 1, 1);
        record.thread(7, 7, 1, 6);
        record.finishPartial();
        RecordView call = new RecordView().wrap(record.buffer(), 0);
        Event message =
                EventCodec.describe(EventCodec.encode(call), call, table).build();
        assertThat(message.getImageUnknown()).isEqualTo("NOT_SEEN");
        assertThat(message.getUser()).isEqualTo("alice");
        assertThat(message.getCgroupPath().toStringUtf8()).isEqualTo(cgroup);
        assertThat(message.getContainer())
                .isEqualTo(Container.newBuilder()
                        .setId("web")
                        .setRuntime("lxc")
                        .addOuter(id)
                        .setDelegatedTo(1000)
                        .build());
    }

    @Test
    void aParentHasItsFileAndTheMarksOfItsPath() {
        ProcessTable table = new ProcessTable();
        ProcessEncoder encoder = new ProcessEncoder();
        encoder.begin(ProcessView.Type.EXEC, 1)
                .sequence(0, 1)
                .process(6, 6, 98, 3)
                .namespaces(1, 11, 12)
                .terminal(136, 3)
                .path(bytes("/dev/fd/3"))
                .executable(bytes("/usr/bin/curl"), 8, 1, 16)
                .flag(EventFlag.DETACHED)
                .finish();
        table.update(new ProcessRecordView().wrap(encoder.buffer(), 0));
        encoder.begin(ProcessView.Type.FORK, 2)
                .process(7, 7, 99, 3)
                .forker(6, 98)
                .terminal(136, 3)
                .finish();
        table.update(new ProcessRecordView().wrap(encoder.buffer(), 0));
        RecordEncoder record = connect().process(99, 3);
        record.thread(7, 7, 1, 6);
        record.finishPartial();
        RecordView call = new RecordView().wrap(record.buffer(), 0);
        Image image = EventCodec.describe(EventCodec.encode(call), call, table).getImage();
        assertThat(image.getAncestorsList())
                .containsExactly(Ancestor.newBuilder()
                        .setTgid(6)
                        .setStartNanos(98)
                        .setExecutable(com.google.protobuf.ByteString.copyFromUtf8("/usr/bin/curl"))
                        .setFlags(EventFlag.HAS_FILE.mask() | EventFlag.DETACHED.mask())
                        .setDeviceMajor(8)
                        .setDeviceMinor(1)
                        .setInode(16)
                        .setMountNamespace(11)
                        .build());
        assertThat(image.getTerminal().getDeviceMajor()).isEqualTo(136);
        assertThat(image.getTerminal().getDeviceMinor()).isEqualTo(3);
    }

    @Test
    void whatIsNotSureOfALineageIsCarried() {
        ProcessTable table = new ProcessTable();
        ProcessEncoder encoder = new ProcessEncoder();
        encoder.begin(ProcessView.Type.ALIVE, 1)
                .process(6, 6, 98, 3)
                .parent(5, 97)
                .executable(bytes("/usr/bin/bash"), 8, 1, 16)
                .finish();
        table.update(new ProcessRecordView().wrap(encoder.buffer(), 0));
        encoder.begin(ProcessView.Type.ALIVE, 2)
                .process(7, 7, 99, 3)
                .parent(6, 98)
                .finish();
        table.update(new ProcessRecordView().wrap(encoder.buffer(), 0));
        RecordEncoder record = connect().process(99, 3);
        record.thread(7, 7, 1, 6);
        record.finishPartial();
        RecordView call = new RecordView().wrap(record.buffer(), 0);
        Image image = EventCodec.describe(EventCodec.encode(call), call, table).getImage();
        assertThat(image.getHasMoreAncestors()).isTrue();
        assertThat(image.getAncestorsList()).singleElement().satisfies(parent -> {
            assertThat(parent.getTgid()).isEqualTo(6);
            assertThat(parent.getMayBeLater()).isTrue();
        });
        encoder.begin(ProcessView.Type.FORK, 3)
                .process(8, 8, 100, 4)
                .forker(7, 99)
                .finish();
        table.update(new ProcessRecordView().wrap(encoder.buffer(), 0));
        RecordEncoder other = connect().process(100, 4);
        other.thread(8, 8, 1, 7);
        other.finishPartial();
        RecordView childs = new RecordView().wrap(other.buffer(), 0);
        assertThat(EventCodec.describe(EventCodec.encode(childs), childs, table)
                        .getImage()
                        .getProgramUnknown())
                .isEqualTo("EXEC_MISSED");
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
                .trust(Provenance.KERNEL, Integrity.MATCH)
                .path(bytes("/bin/sh"))
                .finish();
        dev.unraced.protocol.v1.Process exec = processOf(encoder);
        assertThat(exec.getPathProvenanceValue()).isEqualTo(Provenance.KERNEL.code());
        assertThat(exec.getPathIntegrityValue()).isEqualTo(Integrity.MATCH.code());
        dev.unraced.protocol.v1.Credentials before = exec.getBefore();
        assertThat(List.of(before.getUid(), before.getGid(), before.getEffectiveUid(), before.getEffectiveGid()))
                .containsExactly(1, 2, 3, 4);
        assertThat(before.getCapabilities()).isEqualTo(5);
        encoder.begin(ProcessView.Type.EXEC, 4).finish();
        assertThat(processOf(encoder).hasBefore()).isFalse();
    }

    @Test
    void aTerminalIsCarriedAndSoIsThatThereIsNone() {
        ProcessEncoder encoder = new ProcessEncoder();
        encoder.begin(ProcessView.Type.EXEC, 3).terminal(136, 3).finish();
        assertThat(processOf(encoder).getTerminal().getDeviceMajor()).isEqualTo(136);
        assertThat(processOf(encoder).getTerminal().getDeviceMinor()).isEqualTo(3);
        encoder.begin(ProcessView.Type.EXEC, 3).terminal(0, 0).finish();
        assertThat(processOf(encoder).hasTerminal()).isTrue();
        assertThat(processOf(encoder).getTerminal().getDeviceMajor()).isZero();
        encoder.begin(ProcessView.Type.EXEC, 3).finish();
        assertThat(processOf(encoder).hasTerminal()).isFalse();
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
