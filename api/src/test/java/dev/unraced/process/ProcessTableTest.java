// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessLayout;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import dev.unraced.testing.Allocation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ProcessTableTest {
    private static final long START = 1L << 30;

    private final ProcessTable table = new ProcessTable(8, 2);
    private final ProcessEncoder encoder = new ProcessEncoder();
    private String container = "";
    private long now = 100;

    @Test
    void aCallHasTheImageThatMadeIt() {
        table.update(alive(1, 3, "/sbin/init"));
        table.update(fork(50, 2, 1, 3));
        EventView before = call(50, 2, 3);
        assertThat(name(before)).isEqualTo("/sbin/init");
        table.update(exec(50, 2, 1, 4, "/bin/sh", "sh\0-c\0true\0"));
        assertThat(name(call(50, 2, 4))).isEqualTo("/bin/sh");
        // An event that comes late is of the image before.
        assertThat(name(before)).isEqualTo("/sbin/init");
        ProcessImage image = Objects.requireNonNull(table.imageOf(call(50, 2, 4)));
        assertThat(image.program().argumentList())
                .containsExactly(ByteString.utf8("sh"), ByteString.utf8("-c"), ByteString.utf8("true"));
        assertThat(image.program().commandLine()).isEqualTo("sh -c true");
        assertThat(image.ancestors()).extracting(Ancestor::tgid).containsExactly(1);
    }

    @Test
    void anImageHasTheTerminalOfItsBegin() {
        table.update(alive(1, 3, "/sbin/init"));
        assertThat(terminal(1, 1, 3)).isEqualTo(Terminal.UNKNOWN);
        begin(ProcessView.Type.FORK, 50, 2, 3, 1);
        encoder.forker(1, START).terminal(4, 65);
        table.update(view());
        assertThat(terminal(50, 2, 3)).isEqualTo(new Terminal(true, 4, 65));
        assertThat(terminal(50, 2, 3).isPresent()).isTrue();
        begin(ProcessView.Type.EXEC, 50, 2, 4, 1);
        encoder.path(bytes("/bin/sh")).arguments(bytes("sh\0")).terminal(0, 0);
        table.update(end("/bin/sh"));
        assertThat(terminal(50, 2, 4)).isEqualTo(Terminal.NONE);
        assertThat(terminal(50, 2, 4).isPresent()).isFalse();
    }

    private Terminal terminal(int tgid, int start, int execId) {
        return Objects.requireNonNull(table.imageOf(call(tgid, start, execId))).terminal();
    }

    @Test
    void aReusedIdIsAnotherProcess() {
        table.update(exec(50, 2, 1, 4, "/bin/first", "first\0"));
        table.update(exit(50, 2, 4));
        assertThat(name(call(50, 2, 4))).isEqualTo("/bin/first");
        assertThat(table.imageOf(call(50, 3, 4))).isNull();
        assertThat(table.absenceOf(call(50, 3, 4))).isEqualTo(Absence.NOT_SEEN);
        table.update(exec(50, 3, 1, 4, "/bin/second", "second\0"));
        assertThat(name(call(50, 3, 4))).isEqualTo("/bin/second");
        assertThat(name(call(50, 2, 4))).isEqualTo("/bin/first");
    }

    @Test
    void containersHaveProcessesOfTheSameId() {
        List<String> containers = List.of("one", "two", "three", "four");
        ProcessTable sandboxes = new ProcessTable(8, 1);
        for (int i = 0; i < containers.size(); i++) {
            container = containers.get(i);
            sandboxes.update(exec(1, 2 + i, 0, 1, "/bin/" + container, ""));
        }
        for (int i = 0; i < containers.size(); i++) {
            assertThat(name(sandboxes, call(1, 2 + i, 1))).isEqualTo("/bin/" + containers.get(i));
        }
        assertThat(sandboxes.absenceOf(call(1, 4, 2))).isEqualTo(Absence.EXEC_MISSED);
        assertThat(sandboxes.absenceOf(call(1, 9, 2))).isEqualTo(Absence.NOT_SEEN);
        container = "two";
        sandboxes.update(exit(1, 3, 1));
        container = "three";
        sandboxes.update(exit(1, 4, 1));
        assertThat(sandboxes.forgotten()).isEqualTo(1);
        assertThat(sandboxes.imageOf(call(1, 3, 1))).isNull();
        assertThat(name(sandboxes, call(1, 4, 1))).isEqualTo("/bin/three");
        assertThat(name(sandboxes, call(1, 5, 1))).isEqualTo("/bin/four");
        assertThat(sandboxes.known()).isEqualTo(3);
    }

    @Test
    void containersThatComeAndGoTakeNoMemory() {
        for (int i = 0; i < 1_000; i++) {
            container = "container-" + i;
            table.update(exec(1, 2 + i, 0, 1, "/bin/true", ""));
            table.update(exit(1, 2 + i, 1));
        }
        assertThat(table.known()).isEqualTo(2);
        assertThat(table.forgotten()).isEqualTo(998);
    }

    @Test
    void whatIsNotKnownIsSaid() {
        assertThat(table.imageOf(call(50, 2, 4))).isNull();
        assertThat(table.absenceOf(call(50, 2, 4))).isEqualTo(Absence.NOT_SEEN);
        assertThat(table.absenceOf(call(50, 0, 0))).isEqualTo(Absence.NO_KEY);
        table.update(exec(50, 2, 1, 4, "/bin/sh", "sh\0"));
        assertThat(table.imageOf(call(50, 2, 5))).isNull();
        assertThat(table.absenceOf(call(50, 2, 5))).isEqualTo(Absence.EXEC_MISSED);
    }

    @Test
    void aLivingProcessThatHasExecutedUnseenHasItsNewProgram() {
        table.update(alive(1, 3, "/sbin/init"));
        table.update(fork(50, 1, 1, 3));
        table.update(exec(50, 1, 1, 4, "/bin/sh", "sh\0"));
        // A server that begins anew tells of the same image again, and of one of which no event told.
        table.update(alive(50, 4, "/bin/dash"));
        assertThat(name(call(50, 1, 4))).isEqualTo("/bin/sh");
        table.update(alive(50, 5, "/bin/curl"));
        assertThat(name(call(50, 1, 5))).isEqualTo("/bin/curl");
        ProcessImage image = Objects.requireNonNull(table.imageOf(call(50, 1, 5)));
        assertThat(image.ancestors()).extracting(Ancestor::tgid).containsExactly(1);
        assertThat(name(call(50, 1, 4))).isEqualTo("/bin/sh");
    }

    @Test
    void aForkWhoseForkerHasExecutedUnseenHasNoProgram() {
        table.update(exec(1, 1, 0, 4, "/bin/sh", "sh\0"));
        // The forker's image is the fifth, of which no event told.
        table.update(fork(50, 2, 1, 5));
        ProcessImage image = Objects.requireNonNull(table.imageOf(call(50, 2, 5)));
        assertThat(image.program().executable()).isEmpty();
        assertThat(image.programAbsence()).contains(Absence.EXEC_MISSED);
        // The forker is known, but not what it ran.
        assertThat(image.ancestors()).extracting(Ancestor::tgid).containsExactly(1);
        assertThat(image.ancestors().get(0).program().executable()).isEmpty();
        assertThat(image.ancestors().get(0).comm()).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void whatTheParentRanAtAForkThatNobodySawIsNotKnown() {
        table.update(alive(1, 3, "/sbin/init"));
        table.update(exec(50, 2, 1, 4, "/bin/sh", "sh\0"));
        ProcessImage image = Objects.requireNonNull(table.imageOf(call(50, 2, 4)));
        assertThat(image.ancestors()).extracting(Ancestor::tgid).containsExactly(1);
        assertThat(image.ancestors().get(0).program().executable()).isEmpty();
    }

    @Test
    void aForkByANamesakeOfADeadProcessHasNotItsProgram() {
        table.update(exec(1, 7, 0, 5, "/bin/dead", "dead\0"));
        table.update(fork(50, 8, 1, 5));
        ProcessImage image = Objects.requireNonNull(table.imageOf(call(50, 8, 5)));
        assertThat(image.program().executable()).isEmpty();
        assertThat(image.ancestors()).isEmpty();
    }

    @Test
    void ancestorsStayAfterTheirEndAndAfterAnExec() {
        table.update(alive(1, 3, "/sbin/init"));
        table.update(fork(50, 2, 1, 3));
        table.update(exit(1, 1, 3));
        // The orphan's parent is another process now.
        table.update(exec(50, 2, 77, 4, "/bin/orphan", "orphan\0"));
        ProcessImage image = Objects.requireNonNull(table.imageOf(call(50, 2, 4)));
        assertThat(image.ancestors()).extracting(Ancestor::tgid).containsExactly(1);
        assertThat(image.ancestors().get(0).program().executable()).contains(ByteString.utf8("/sbin/init"));
    }

    @Test
    void aLineageIsBounded() {
        ProcessTable large = new ProcessTable(500, 2);
        large.update(exec(1, 1, 0, 3, "/bin/sh", "sh\0"));
        for (int tgid = 2; tgid < 300; tgid++) {
            begin(ProcessView.Type.FORK, tgid, tgid, 3, tgid - 1);
            encoder.forker(tgid - 1, (tgid - 1) * START);
            large.update(view());
        }
        ProcessImage last = Objects.requireNonNull(large.imageOf(call(299, 299, 3)));
        assertThat(last.ancestors()).hasSize(ProcessImage.MOST_ANCESTORS);
        assertThat(last.ancestors().get(0).tgid()).isEqualTo(298);
        assertThat(last.hasMoreAncestors()).isTrue();
    }

    @Test
    void itsMemoryIsBounded() {
        for (int i = 0; i < 1_000; i++) {
            table.update(exec(100 + i, 2 + i, 1, 1, "/bin/true", "true\0"));
            table.update(exit(100 + i, 2 + i, 1));
        }
        assertThat(table.known()).isEqualTo(2);
        assertThat(table.forgotten()).isEqualTo(998);
        for (int i = 0; i < 10; i++) {
            table.update(exec(5_000 + i, 2, 1, 1, "/bin/sleep", "sleep\0"));
        }
        assertThat(table.known()).isEqualTo(8);
        // The two that had ended were the stalest.
        assertThat(table.evicted()).isEqualTo(4);
        assertThat(table.refused()).isZero();
        assertThat(table.imageOf(call(5_001, 2, 1))).isNull();
        assertThat(table.absenceOf(call(5_001, 2, 1))).isEqualTo(Absence.FORGOTTEN);
        assertThat(name(call(5_009, 2, 1))).isEqualTo("/bin/sleep");
        assertThat(table.absenceOf(call(1_099, 1_001, 1))).isEqualTo(Absence.FORGOTTEN);
        assertThat(table.forgotten()).isEqualTo(998);
    }

    @Test
    void processesWhoseEndsWereLostMakeRoomForOthers() {
        for (int i = 0; i < 8; i++) {
            table.update(exec(5_000 + i, 2, 1, 1, "/bin/sleep", "sleep\0"));
        }
        for (int i = 0; i < 1_000; i++) {
            // Only this one still makes calls.
            assertThat(name(call(5_003, 2, 1))).isEqualTo("/bin/sleep");
            table.update(exec(10_000 + i, 2, 1, 1, "/bin/true", "true\0"));
            assertThat(name(call(10_000 + i, 2, 1))).isEqualTo("/bin/true");
        }
        assertThat(table.known()).isEqualTo(8);
        assertThat(table.evicted()).isEqualTo(1_000);
    }

    @Test
    void ofALargeTableThoseThatMakeCallsStay() {
        ProcessTable large = new ProcessTable(1_000, 2);
        for (int i = 0; i < 20_000; i++) {
            large.update(exec(10_000 + i, 2, 1, 1, "/bin/true", "true\0"));
            if (i >= 100) {
                assertThat(large.imageOf(call(10_000 + i % 10, 2, 1))).isNotNull();
            }
        }
        assertThat(large.known()).isEqualTo(1_000);
        assertThat(large.evicted()).isEqualTo(19_000);
    }

    @Test
    void whatIsForgottenIsToldFromWhatWasNeverSeen() {
        table.update(exec(50, 2, 1, 4, "/bin/sh", "sh\0"));
        table.update(exit(50, 2, 4));
        for (int i = 0; i < 10; i++) {
            container = "container-" + i;
            table.update(exec(60, 2 + i, 0, 1, "/bin/true", ""));
            table.update(exit(60, 2 + i, 1));
        }
        assertThat(table.absenceOf(call(50, 2, 4))).isEqualTo(Absence.FORGOTTEN);
        assertThat(table.absenceOf(call(60, 2, 1))).isEqualTo(Absence.FORGOTTEN);
        assertThat(table.absenceOf(call(50, 3, 4))).isEqualTo(Absence.NOT_SEEN);
        assertThat(table.absenceOf(call(51, 2, 4))).isEqualTo(Absence.NOT_SEEN);
    }

    @Test
    void idsThatWereUsedTakeNoMemory() {
        Slots slots = new Slots();
        for (int tgid = 0; tgid <= Slots.LARGEST; tgid += 97) {
            slots.remove(slots.add(tgid, null));
        }
        assertThat(slots.size()).isZero();
        assertThat(slots.pages()).isZero();
        Slot one = slots.add(7, ByteString.utf8("one"));
        Slot two = slots.add(7, ByteString.utf8("two"));
        Slot other = slots.add(8, null);
        slots.remove(one);
        assertThat(slots.of(7, ByteString.utf8("one"))).isNull();
        assertThat(slots.of(7, ByteString.utf8("two"))).isEqualTo(two);
        assertThat(slots.of(8, (ByteString) null)).isEqualTo(other);
        slots.remove(other);
        slots.remove(two);
        assertThat(slots.pages()).isZero();
    }

    @Test
    void longProgramsOfAncestorsTakeLittleMemory() {
        String arguments = "x".repeat(4_000) + "\0";
        table.update(exec(1, 1, 0, 3, "/bin/sh", arguments));
        begin(ProcessView.Type.FORK, 50, 2, 3, 1);
        encoder.forker(1, START);
        table.update(view());
        begin(ProcessView.Type.FORK, 51, 2, 3, 1);
        encoder.forker(1, START);
        table.update(view());
        Ancestor first = Objects.requireNonNull(table.imageOf(call(50, 2, 3)))
                .ancestors()
                .get(0);
        assertThat(first.program().arguments()).isEqualTo(ByteString.EMPTY);
        assertThat(first.program().path()).isEmpty();
        assertThat(first.program().executable()).contains(ByteString.utf8("/bin/sh"));
        assertThat(Objects.requireNonNull(table.imageOf(call(51, 2, 3)))
                        .ancestors()
                        .get(0))
                .as("children share one")
                .isSameAs(first);
    }

    @Test
    void itsBytesAreBoundedWhateverPathsAndArgumentsAre() {
        long ample = 1 << 20;
        ProcessTable large = new ProcessTable(4_000, 2, ample, null, null, null);
        String path = "/" + "d".repeat(3_000);
        int tgid = 0;
        for (int chain = 0; chain < 200; chain++) {
            for (int depth = 0; depth < 20; depth++) {
                tgid++;
                if (depth > 0) {
                    begin(ProcessView.Type.FORK, tgid, tgid, depth, tgid - 1);
                    encoder.forker(tgid - 1, (tgid - 1) * START);
                    large.update(view());
                    large.update(exit(tgid - 1, tgid - 1, depth));
                }
                large.update(exec(tgid, tgid, tgid - 1, depth + 1, path + tgid, path + "\0"));
            }
        }
        assertThat(large.bytes()).isLessThan(ample + 20_000 + 202 * 2 * 512);
        assertThat(large.shortened()).isGreaterThan(1_000);
        ProcessImage last = Objects.requireNonNull(large.imageOf(call(tgid, tgid, 20)));
        assertThat(last.hasMoreAncestors()).isTrue();
        assertThat(last.program().hasArguments()).isFalse();
        assertThat(last.program().has(EventFlag.RESOLVED_TRUNCATED)).isTrue();
        assertThat(last.program().executable().orElseThrow().toUtf8())
                .endsWith("d" + tgid)
                .doesNotStartWith("/");
        // A short one is whole all the same.
        large.update(exec(5_000, 2, 1, 4, "/bin/sh", "sh\0"));
        assertThat(Objects.requireNonNull(large.imageOf(call(5_000, 2, 4)))
                        .program()
                        .commandLine())
                .isEqualTo("sh");
        for (int each = 1; each <= 5_000; each++) {
            large.update(exit(each, each == 5_000 ? 2 : each, 20));
        }
        assertThat(large.known()).isEqualTo(2);
        assertThat(large.bytes()).as("what has gone counts no more").isLessThan(8_000);
    }

    @Test
    void aProcessThatWasThereHasItsLineageThoughItsParentIsToldLater() {
        begin(ProcessView.Type.ALIVE, 20, 3, 5, 30);
        encoder.parent(30, 2 * START);
        table.update(end("/bin/cat"));
        ProcessImage alone = Objects.requireNonNull(table.imageOf(call(20, 3, 5)));
        assertThat(alone.ancestors()).isEmpty();
        assertThat(alone.hasMoreAncestors()).isTrue();
        // It forks and executes meanwhile.
        begin(ProcessView.Type.FORK, 90, 4, 5, 20);
        encoder.forker(20, 3 * START);
        table.update(view());
        table.update(exec(20, 3, 30, 6, "/bin/tac", "tac\0"));
        begin(ProcessView.Type.ALIVE, 30, 2, 4, 40);
        table.update(end("/bin/bash"));
        assertThat(lineage(20, 3, 6)).containsExactly(30);
        begin(ProcessView.Type.ALIVE, 40, 1, 3, 0);
        encoder.parent(0, 0);
        table.update(end("/sbin/init"));

        assertThat(lineage(20, 3, 5)).containsExactly(30, 40);
        assertThat(lineage(20, 3, 6)).containsExactly(30, 40);
        assertThat(lineage(90, 4, 5)).containsExactly(20, 30, 40);
        assertThat(lineage(30, 2, 4)).containsExactly(40);
        ProcessImage child = Objects.requireNonNull(table.imageOf(call(90, 4, 5)));
        assertThat(child.hasMoreAncestors()).isFalse();
        assertThat(child.ancestors()).extracting(Ancestor::isAsOfFork).containsExactly(true, false, false);
        assertThat(child.ancestors())
                .extracting(ancestor ->
                        ancestor.program().executable().orElseThrow().toUtf8())
                .containsExactly("/bin/cat", "/bin/bash", "/sbin/init");
        assertThat(table.known()).isEqualTo(4);
    }

    @Test
    void whoWaitsForAnotherProcessWithTheParentsIdGetsNone() {
        begin(ProcessView.Type.ALIVE, 20, 3, 5, 30);
        encoder.parent(30, 2 * START);
        table.update(end("/bin/cat"));
        begin(ProcessView.Type.ALIVE, 30, 7, 4, 0);
        table.update(end("/bin/other"));
        assertThat(lineage(20, 3, 5)).isEmpty();
        begin(ProcessView.Type.ALIVE, 30, 2, 4, 0);
        table.update(end("/bin/bash"));
        assertThat(lineage(20, 3, 5)).containsExactly(30);
    }

    @Test
    void thoseWhoWaitInVainTakeNoMemory() {
        for (int i = 0; i < 10_000; i++) {
            begin(ProcessView.Type.ALIVE, 100 + i, 3, 5, 30);
            encoder.parent(200_000 + i, 2 * START);
            table.update(end("/bin/cat"));
        }
        assertThat(table.waiting()).isLessThanOrEqualTo(8);
    }

    @Test
    void childrenOfOneThatWaitsInVainTakeNoMemoryWhenTheyAreForgotten() {
        ProcessTable large = new ProcessTable(65_536, 100);
        begin(ProcessView.Type.ALIVE, 50, 1, 5, 30);
        large.update(end("/bin/bash"));
        for (int i = 0; i < 10_000; i++) {
            large.update(fork(100 + i, 3, 50, 5));
            large.update(exit(100 + i, 3, 5));
        }
        assertThat(large.known()).isEqualTo(101);
        assertThat(large.waiting()).isLessThanOrEqualTo(1_024);
    }

    @Test
    void aForkWhoseForkerIsToldLaterHasTheProgramThatItsOwnEventTells() {
        table.update(fork(50, 1, 77, 5));
        ProcessImage before = Objects.requireNonNull(table.imageOf(call(50, 1, 5)));
        assertThat(before.programAbsence()).contains(Absence.NOT_SEEN);
        table.update(alive(50, 5, "/bin/dash"));
        assertThat(name(call(50, 1, 5))).isEqualTo("/bin/dash");
        ProcessImage after = Objects.requireNonNull(table.imageOf(call(50, 1, 5)));
        assertThat(after.programAbsence()).isEmpty();
        assertThat(after.sinceNanos()).isEqualTo(before.sinceNanos());
    }

    private List<Integer> lineage(int tgid, int start, int execId) {
        return Objects.requireNonNull(table.imageOf(call(tgid, start, execId))).ancestors().stream()
                .map(Ancestor::tgid)
                .toList();
    }

    @Test
    void aLookUpAllocatesNothing() {
        table.update(exec(50, 2, 1, 4, "/bin/sh", "sh\0"));
        EventView known = call(50, 2, 4);
        EventView unknown = call(51, 2, 4);
        Allocation.assertNone(() -> {
            table.imageOf(known);
            table.imageOf(unknown);
            table.absenceOf(unknown);
        });
    }

    @Test
    void anExitThatIsToldTwiceCountsOnce() {
        table.update(exec(50, 2, 1, 4, "/bin/sh", "sh\0"));
        table.update(exit(50, 2, 4));
        table.update(exit(50, 2, 4));
        table.update(exit(51, 2, 4));
        assertThat(table.known()).isEqualTo(1);
    }

    @Test
    void aFailedExecChangesNothing() {
        ProcessView executed = exec(50, 2, 1, 4, "/bin/sh", "sh\0");
        table.update(executed);
        ProcessImage before = table.imageOf(executed);
        begin(ProcessView.Type.EXEC_FAILED, 50, 2, 4, 1);
        encoder.failed(ProcessView.ExecCall.EXECVE, Mitigation.STASH, 1, -100, 0, -2)
                .path(bytes("/bin/none"));
        ProcessView failed = view();
        table.update(failed);
        assertThat(failed.errnoName()).contains("ENOENT");
        assertThat(name(call(50, 2, 4))).isEqualTo("/bin/sh");
        assertThat(table.imageOf(failed)).isNotNull().isSameAs(before);
    }

    @Test
    void aRecordWithACodeThatNothingHasIsNone() {
        begin(ProcessView.Type.EXEC_FAILED, 50, 2, 4, 1);
        int length = encoder.finish();
        assertThat(ProcessRecordView.isValid(encoder.buffer(), 0, length)).isTrue();
        for (int field : new int[] {
            ProcessLayout.MITIGATION,
            ProcessLayout.CALL,
            ProcessLayout.ABI,
            ProcessLayout.PROVENANCE,
            ProcessLayout.INTEGRITY
        }) {
            for (byte code : new byte[] {-1, 4}) {
                encoder.buffer().put(field, code);
                assertThat(ProcessRecordView.isValid(encoder.buffer(), 0, length))
                        .as("field %d, code %d", field, code)
                        .isFalse();
                encoder.buffer().put(field, (byte) 0);
            }
        }
    }

    @Test
    void strangeIdsAreRefusedAndNothingBreaks() {
        table.update(exec(-5, 2, 1, 4, "/bin/sh", "sh\0"));
        table.update(exec(Integer.MAX_VALUE, 2, 1, 4, "/bin/sh", "sh\0"));
        assertThat(table.refused()).isEqualTo(2);
        assertThat(table.imageOf(call(-5, 2, 4))).isNull();
        assertThat(table.imageOf(call(Integer.MAX_VALUE, 2, 4))).isNull();
        assertThat(table.absenceOf(call(Integer.MAX_VALUE, 2, 4))).isEqualTo(Absence.NOT_SEEN);
    }

    @Test
    void sizesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new ProcessTable(5, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ProcessTable(5, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private String name(EventView event) {
        return name(table, event);
    }

    private static String name(ProcessTable table, EventView event) {
        return Objects.requireNonNull(table.imageOf(event))
                .program()
                .executable()
                .orElseThrow()
                .toUtf8();
    }

    private ProcessView alive(int tgid, int execId, String path) {
        begin(ProcessView.Type.ALIVE, tgid, 1, execId, 0);
        return end(path);
    }

    private ProcessView fork(int tgid, int start, int forker, int execId) {
        begin(ProcessView.Type.FORK, tgid, start, execId, forker);
        encoder.forker(forker, START);
        return view();
    }

    private ProcessView exec(int tgid, int start, int parent, int execId, String path, String arguments) {
        begin(ProcessView.Type.EXEC, tgid, start, execId, parent);
        encoder.path(bytes(path)).arguments(bytes(arguments));
        return end(path);
    }

    private ProcessView exit(int tgid, int start, int execId) {
        begin(ProcessView.Type.EXIT, tgid, start, execId, 1);
        return view();
    }

    private void begin(ProcessView.Type type, int tgid, int start, int execId, int parent) {
        encoder.begin(type, now++)
                .sequence(0, 1)
                .process(tgid, tgid, start * START, execId)
                .parent(parent, START)
                .comm(bytes("name"));
        if (!container.isEmpty()) {
            encoder.containerId(bytes(container));
        }
    }

    private ProcessView end(String path) {
        encoder.executable(bytes(path), 8, 1, 7);
        return view();
    }

    private ProcessView view() {
        encoder.finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot();
    }

    private static EventView call(int tgid, int start, int execId) {
        RecordEncoder record = new RecordEncoder()
                .begin(Syscall.OPEN, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .process(start * START, execId);
        record.thread(tgid, tgid, 1, 1);
        record.finishPartial();
        return new RecordView().wrap(record.buffer(), 0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
