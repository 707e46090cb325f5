// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import dev.unraced.testing.Allocation;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests what an event says of the process behind it. */
class EventProcessTest {
    private static final long START = 1L << 30;
    private static final String ID = "0123456789abcdef".repeat(4);
    /** The ids of cgroups are inode numbers, for which no boxed number is cached. */
    private static final long CGROUP = 123_456_789;

    private final UserNames users = new UserNames(uid -> uid == 1000 ? "alice" : null);
    private final ProcessTable table = new ProcessTable(users);
    private final ProcessEncoder encoder = new ProcessEncoder();
    private long sum;

    @Test
    void aCallHasProgramAncestorsContainerAndUser() {
        start();
        EventProcess process = call(50, 2, 4).process();
        assertThat(process.isKnown()).isTrue();
        assertThat(process.absence()).isEmpty();
        assertThat(process.executable()).hasValue(ByteString.utf8("/bin/dash"));
        assertThat(process.hasArguments()).isTrue();
        assertThat(process.arguments()).isEqualTo(ByteString.utf8("sh\0-c\0true\0"));
        assertThat(process.commandLine()).isEqualTo("sh -c true");
        assertThat(process.program().path()).hasValue(ByteString.utf8("/bin/sh"));
        assertThat(process.ancestors()).extracting(Ancestor::tgid).containsExactly(1);
        assertThat(process.hasMoreAncestors()).isFalse();
        assertThat(process.cgroup()).isEqualTo(ByteString.utf8("/system.slice/docker-" + ID + ".scope"));
        assertThat(process.container()).isEqualTo(new Container(ID, "docker", Optional.empty()));
        assertThat(process.containerDetails()).isNull();
        assertThat(process).hasToString("/bin/dash");
        Awaitility.await().until(() -> call(50, 2, 4).process().user() != null);
        assertThat(call(50, 2, 4).process().user()).isEqualTo(ByteString.utf8("alice"));
    }

    @Test
    void aSnapshotOutlivesTheEventAndTheProcess() {
        start();
        ProcessSnapshot kept = call(50, 2, 4).process().snapshot();
        EventProcess other = call(51, 2, 4).process();
        assertThat(other.isKnown()).isFalse();
        assertThat(kept.isKnown()).isTrue();
        assertThat(kept.executable()).hasValue(ByteString.utf8("/bin/dash"));
        assertThat(kept.program().commandLine()).isEqualTo("sh -c true");
        assertThat(kept.ancestors()).extracting(Ancestor::tgid).containsExactly(1);
        assertThat(kept.container()).map(Container::id).hasValue(ID);
        assertThat(kept).hasToString("/bin/dash");
        assertThat(call(50, 2, 4).snapshot().caller().process())
                .map(ProcessSnapshot::image)
                .hasValue(kept.image());
    }

    @Test
    void whatIsNotKnownHasAReason() {
        start();
        assertThat(call(51, 2, 4).process().absence()).hasValue(Absence.NOT_SEEN);
        assertThat(call(50, 2, 5).process().absence()).hasValue(Absence.EXEC_MISSED);
        assertThat(call(50, 0, 0).process().absence()).hasValue(Absence.NO_KEY);
        EventProcess unknown = call(51, 2, 4).process();
        assertThat(unknown.isKnown()).isFalse();
        assertThat(unknown.image()).isNull();
        assertThat(unknown.executable()).isEmpty();
        assertThat(unknown.hasArguments()).isFalse();
        assertThat(unknown.arguments()).isEqualTo(ByteString.EMPTY);
        assertThat(unknown.ancestors()).isEmpty();
        assertThat(unknown.hasMoreAncestors()).isTrue();
        assertThat(unknown).hasToString("unknown (NOT_SEEN)");
        assertThat(unknown.snapshot()).hasToString("unknown (NOT_SEEN)");
        // The cgroup is known whoever the process is.
        assertThat(unknown.container()).isNotNull();
    }

    @Test
    void theSandboxOfAnEventIsKnownWhoeverTheProcessIs() {
        RecordEncoder record = new RecordEncoder()
                .begin(Syscall.OPEN, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .process(2 * START, 4);
        record.thread(51, 51, 1, 1).containerId(bytes("pod-one"));
        record.finishPartial();
        RecordView event = new RecordView().wrap(record.buffer(), 0);
        event.askProcessesOf(table);
        EventProcess there = event.process();
        assertThat(there.absence()).hasValue(Absence.NOT_SEEN);
        assertThat(there.container())
                .extracting(Container::id, Container::runtime)
                .containsExactly("pod-one", "gvisor");
    }

    @Test
    void aProgramThatNobodySawIsNotKnownAlthoughTheProcessIs() {
        start();
        begin(ProcessView.Type.FORK, 60, 2, 5, 50);
        encoder.forker(50, 2 * START);
        table.update(view());
        EventProcess process = call(60, 2, 5).process();
        assertThat(process.isKnown()).isFalse();
        assertThat(process.absence()).hasValue(Absence.EXEC_MISSED);
        assertThat(process.image()).isNotNull();
        assertThat(process.executable()).isEmpty();
        assertThat(process.ancestors()).extracting(Ancestor::tgid).containsExactly(50, 1);
    }

    @Test
    void anEventWithoutATableSaysSo() {
        RecordView event = record(50, 2, 4);
        EventProcess process = event.process();
        assertThat(process.absence()).hasValue(Absence.NO_TABLE);
        assertThat(process.isKnown()).isFalse();
        assertThat(process.container()).isNull();
        assertThat(process.cgroup()).isNull();
        assertThat(process.user()).isNull();
        assertThat(process.containerDetails()).isNull();
        assertThat(process).hasToString("unknown (NO_TABLE)");
        assertThat(process.snapshot().absence()).hasValue(Absence.NO_TABLE);
        assertThat(event.snapshot().caller().process()).isEmpty();
        begin(ProcessView.Type.EXIT, 50, 2, 4, 1);
        assertThat(view().process().absence()).hasValue(Absence.NO_TABLE);
    }

    @Test
    void aProcessEventHasTheProcessAfterIt() {
        start();
        begin(ProcessView.Type.EXEC, 50, 2, 5, 1);
        encoder.path(bytes("/bin/cat")).arguments(bytes("cat\0")).executable(bytes("/bin/cat"), 8, 1, 9);
        ProcessRecordView event = view();
        table.update(event);
        event.askProcessesOf(table);
        assertThat(event.process().commandLine()).isEqualTo("cat");
        assertThat(event.process().ancestors()).extracting(Ancestor::tgid).containsExactly(1);
    }

    @Test
    void aSandboxIsTheContainerOfItsProcesses() {
        begin(ProcessView.Type.EXEC, 1, 2, 1, 0);
        encoder.containerId(bytes("pod-one")).executable(bytes("/bin/cat"), 8, 1, 9);
        table.update(view());
        Container container = call(1, 2, 1).process().container();
        assertThat(container).isEqualTo(new Container("pod-one", "gvisor", Optional.empty()));
        assertThat(call(1, 2, 1).process().container()).isSameAs(container);
    }

    @Test
    void sandboxesThatComeAndGoTakeNoMemory() {
        for (int i = 0; i < 3_000; i++) {
            assertThat(table.sandbox(ByteString.utf8("pod-" + i))).isNotNull();
        }
        Container kept = table.sandbox(ByteString.utf8("pod-2999"));
        assertThat(table.sandbox(ByteString.utf8("pod-2999"))).isSameAs(kept);
        Container first = table.sandbox(ByteString.utf8("pod-0"));
        for (int i = 1; i < 2_000; i++) {
            table.sandbox(ByteString.utf8("pod-" + i));
        }
        assertThat(table.sandbox(ByteString.utf8("pod-0"))).isEqualTo(first).isNotSameAs(first);
        assertThat(table.sandbox(ByteString.utf8("no/id"))).isNull();
    }

    @Test
    void readingAllocatesNothing() {
        start();
        Awaitility.await().until(() -> call(50, 2, 4).process().user() != null);
        RecordView known = call(50, 2, 4);
        RecordView unknown = call(51, 2, 4);
        begin(ProcessView.Type.EXEC, 1, 2, 1, 0);
        encoder.containerId(bytes("pod-one")).executable(bytes("/bin/cat"), 8, 1, 9);
        ProcessRecordView sandboxed = view();
        table.update(sandboxed);
        sandboxed.askProcessesOf(table);
        RecordView without = record(50, 2, 4);
        Allocation.assertNone(() -> {
            sum += read(known.process()) + read(unknown.process()) + read(without.process());
            sum += read(sandboxed.process());
        });
        assertThat(sum).isNotZero();
    }

    private static long read(EventProcess process) {
        long read = process.isKnown() ? 1 : 0;
        read += process.absence().isPresent() ? 1 : 0;
        read += process.image() == null ? 0 : 1;
        read += process.executable().isPresent() ? 1 : 0;
        read += process.hasArguments() ? process.arguments().length() : 0;
        read += process.ancestors().size() + (process.hasMoreAncestors() ? 1 : 0);
        read += process.cgroup() == null ? 0 : 1;
        read += process.container() == null ? 0 : 1;
        read += process.containerDetails() == null ? 0 : 1;
        return read + (process.user() == null ? 0 : 1);
    }

    /** Begins a shell in a container. */
    private void start() {
        begin(ProcessView.Type.ALIVE, 1, 1, 3, 0);
        encoder.executable(bytes("/sbin/init"), 8, 1, 7);
        table.update(view());
        begin(ProcessView.Type.FORK, 50, 2, 3, 1);
        encoder.forker(1, START);
        table.update(view());
        begin(ProcessView.Type.EXEC, 50, 2, 4, 1);
        encoder.path(bytes("/bin/sh"))
                .arguments(bytes("sh\0-c\0true\0"))
                .cgroup(bytes("/system.slice/docker-" + ID + ".scope"))
                .executable(bytes("/bin/dash"), 8, 1, 8);
        table.update(view());
    }

    private void begin(ProcessView.Type type, int tgid, int start, int execId, int parent) {
        encoder.begin(type, 100)
                .sequence(0, 1)
                .process(tgid, tgid, start * START, execId)
                .parent(parent, START)
                .user(1000, 1000, 1000, 1000)
                .namespaces(CGROUP, 2, 3)
                .comm(bytes("name"));
    }

    private ProcessRecordView view() {
        encoder.finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot();
    }

    private RecordView call(int tgid, int start, int execId) {
        RecordView event = record(tgid, start, execId);
        event.askProcessesOf(table);
        return event;
    }

    private static RecordView record(int tgid, int start, int execId) {
        RecordEncoder record = new RecordEncoder()
                .begin(Syscall.OPEN, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .process(start * START, execId);
        record.thread(tgid, tgid, 1, 1).user(1000, 1000).namespaces(CGROUP, 2, 3);
        record.finishPartial();
        return new RecordView().wrap(record.buffer(), 0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
