// SPDX-License-Identifier: Apache-2.0
package dev.unraced.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.process.ProcessTable;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventRecordsTest {
    private static final long START = 1L << 30;

    @Test
    void anExecThatFailsHasItsErrorAndTheProgramThatCalled() {
        ProcessEncoder encoder = new ProcessEncoder();
        EventRecords records = new EventRecords("here", new ProcessTable());
        begin(encoder, ProcessView.Type.EXEC).path(bytes("/bin/sh")).executable(bytes("/usr/bin/dash"), 8, 1, 15);
        LogRecordData succeeded = records.of(view(encoder)).orElseThrow();
        begin(encoder, ProcessView.Type.EXEC_FAILED)
                .failed(ProcessView.ExecCall.EXECVE, Mitigation.STASH, START, -100, 0, -2)
                .trust(Provenance.ENTER, Integrity.UNCHECKED)
                .path(bytes("/tmp/none"));
        LogRecordData failed = records.of(view(encoder)).orElseThrow();
        assertThat(text(succeeded, "error.type")).isNull();
        assertThat(failed.getEventName()).isEqualTo("unraced.exec_failed");
        assertThat(text(failed, "error.type")).isEqualTo("ENOENT");
        assertThat(text(failed, "process.executable.path")).isEqualTo("/usr/bin/dash");
    }

    @Test
    void theMarksOfAProgramGoWithItsPathAndSoDoesWhoCanForgeItsContainer() {
        ProcessEncoder encoder = new ProcessEncoder();
        EventRecords records = new EventRecords("here", new ProcessTable());
        String id = "0123456789abcdef".repeat(4);
        begin(encoder, ProcessView.Type.EXEC)
                .path(bytes("/dev/fd/3"))
                .executable(bytes("/usr/bin/curl"), 8, 1, 15)
                .flag(EventFlag.DETACHED)
                .cgroup(bytes("/user.slice/user-1000.slice/docker/" + id + "/lxc/web"));
        LogRecordData record = records.of(view(encoder)).orElseThrow();
        assertThat(text(record, "process.executable.path")).isEqualTo("/usr/bin/curl");
        assertThat(record.getAttributes().get(AttributeKey.stringArrayKey("unraced.process.flags")))
                .containsExactly("DETACHED", "HAS_FILE");
        assertThat(text(record, "container.id")).isEqualTo("web");
        assertThat(record.getAttributes().get(AttributeKey.stringArrayKey("unraced.container.outer")))
                .containsExactly(id);
        assertThat(record.getAttributes().get(AttributeKey.longKey("unraced.container.delegated_to")))
                .isEqualTo(1000);
    }

    private static ProcessEncoder begin(ProcessEncoder encoder, ProcessView.Type type) {
        return encoder.begin(type, START)
                .sequence(0, 1)
                .process(7, 7, START, 4)
                .parent(6, START)
                .comm(bytes("sh"));
    }

    private static ProcessView view(ProcessEncoder encoder) {
        encoder.finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot();
    }

    private static @Nullable String text(LogRecordData record, String name) {
        return record.getAttributes().get(AttributeKey.stringKey(name));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
