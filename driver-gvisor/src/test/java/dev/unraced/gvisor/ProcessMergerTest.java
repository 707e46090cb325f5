// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.EventHandler;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the events of processes, and the programs of calls, in each order in which frames can come. */
class ProcessMergerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long THREAD = 0x10000;
    private static final int ENOENT = 2;

    private final Merging merging = new Merging(config -> config.processEvents(true));
    private final Connection sandbox = merging.connect(1);
    private final ProcessTable table = new ProcessTable();
    /** One word for each event: the type and id of a process event, or the arguments of the program of a call. */
    private final List<String> told = new ArrayList<>();

    private final Frames init = new Frames(1, 1, 100).groupStart(100);
    private final Frames child = new Frames(5, 5, 200).groupStart(200);

    @AfterEach
    void theStatisticsBalance() {
        merging.merger.end();
        told();
        assertThat(merging.missing()).as("events that became nothing").isZero();
    }

    private List<String> told() {
        merging.poll(new EventHandler() {
            @Override
            public void onEvent(EventView event) {
                ProcessImage image = table.imageOf(event);
                told.add(
                        image == null
                                ? table.absenceOf(event).name()
                                : image.program().commandLine());
            }

            @Override
            public void onProcess(ProcessView event) {
                table.update(event);
                String withheld = event.has(EventFlag.WITHHELD) ? " WITHHELD" : "";
                told.add(event.type() + " " + event.tgid() + withheld);
            }
        });
        List<String> all = List.copyOf(told);
        told.clear();
        return all;
    }

    private void open(Connection from, Frames thread) {
        merging.frames(
                from,
                thread.rawEnter("/a", 0),
                thread.openEnter("/a", 0),
                thread.rawExit("/a", 0, -ENOENT),
                thread.openExit("/a", 0, -ENOENT));
    }

    private void open(Frames thread) {
        open(sandbox, thread);
    }

    /** Starts the container, and has its first process fork the child. */
    private void start() {
        merging.frames(sandbox, init.containerStart("init"), init.clone(5, 5, 200, 0));
        assertThat(told()).containsExactly("EXEC 1", "FORK 5");
    }

    @Test
    void aCallIsOfTheProgramThatItsProcessRan() {
        start();
        open(child);
        merging.frames(sandbox, child.exec("/bin/cat", "cat", "-n"), child.execReturn(0));
        open(child);
        open(init);
        merging.frames(sandbox, child.taskExit(256));
        assertThat(told()).containsExactly("init", "EXEC 5", "cat -n", "init", "EXIT 5");
    }

    @Test
    void anExecThatFailsChangesNothing() {
        start();
        merging.frames(sandbox, child.exec("/bin/cat", "cat"), child.execReturn(-4));
        open(child);
        merging.frames(sandbox, child.execReturn(-ENOENT));
        open(child);
        assertThat(told()).containsExactly("EXEC_FAILED 5 WITHHELD", "init", "EXEC_FAILED 5 WITHHELD", "init");
    }

    @Test
    void otherThreadsRunTheProgramBeforeUntilTheyEnd() {
        start();
        Frames second = new Frames(6, 5, 300).groupStart(200);
        merging.frames(sandbox, child.clone(6, 5, 300, THREAD));
        merging.frames(sandbox, second.exec("/bin/cat", "cat"), second.execReturn(0));
        open(child);
        assertThat(told()).containsExactly("init");
        merging.frames(sandbox, child.taskExit());
        open(child);
        merging.frames(sandbox, child.taskExit(9));
        assertThat(told()).containsExactly("EXEC 5", "cat", "EXIT 5");
    }

    @Test
    void aThreadThatIsKilledInItsExecHasExecutedNothing() {
        start();
        Frames second = new Frames(6, 5, 300).groupStart(200);
        merging.frames(sandbox, child.clone(6, 5, 300, THREAD));
        merging.frames(sandbox, second.exec("/bin/cat", "cat"), second.execReturn(0), second.taskExit(9));
        open(child);
        merging.frames(sandbox, child.taskExit(9));
        assertThat(told()).containsExactly("init", "EXIT 5");
    }

    @Test
    void anExecWhoseArgumentsWereWithheldIsOneAllTheSame() {
        start();
        merging.frames(sandbox, child.execReturn(0));
        open(child);
        assertThat(told()).containsExactly("EXEC 5 WITHHELD", "");

        merging.frames(sandbox, child.execReturn(0));
        merging.pass(SECOND);
        assertThat(told()).containsExactly("EXEC 5 WITHHELD");
    }

    @Test
    void aWithheldExecOfASecondThreadIsOneOnceTheFirstHasEnded() {
        start();
        Frames second = new Frames(6, 5, 300).groupStart(200);
        merging.frames(sandbox, child.clone(6, 5, 300, THREAD), second.execReturn(0));
        merging.pass(SECOND);
        open(child);
        assertThat(told()).containsExactly("init");
        merging.frames(sandbox, child.taskExit());
        merging.pass(SECOND);
        assertThat(told()).containsExactly("EXEC 5 WITHHELD");
    }

    @Test
    void aSentryMayTellOfAnExecAfterItsReturn() {
        start();
        ExecFrames call = ExecFrames.execve(child);
        for (String name : List.of("cat", "ls")) {
            merging.frames(sandbox, call.call("/bin/" + name, 0));
            merging.frames(sandbox, child.exec("/bin/" + name, name));
            open(child);
        }
        merging.pass(SECOND);
        assertThat(told()).containsExactly("EXEC 5", "cat", "EXEC 5", "ls");
    }

    @Test
    void ofTwoExecsThatReturnBeforeTheyAreCertainTheOneWithAPayloadPointIsOne() {
        for (boolean isToldFirst : List.of(true, false)) {
            start();
            Frames second = new Frames(6, 5, 300).groupStart(200);
            byte[] payload = second.exec("/bin/cat", "cat");
            merging.frames(sandbox, child.clone(6, 5, 300, THREAD));
            merging.frames(sandbox, ExecFrames.execve(second).call("/bin/cat", 0));
            merging.frames(sandbox, isToldFirst ? new byte[][] {payload} : new byte[][] {});
            merging.frames(sandbox, ExecFrames.execve(child).call("/bin/ls", 0));
            merging.frames(sandbox, isToldFirst ? new byte[][] {} : new byte[][] {payload});
            open(child);
            merging.frames(sandbox, child.taskExit());
            // The other thread has the first one's id now.
            open(child);
            assertThat(told()).containsExactly("init", "EXEC 5", "cat");
        }
    }

    @Test
    void aPayloadPointThatComesTooLateIsOfNoOtherExec() {
        start();
        ExecFrames call = ExecFrames.execve(child);
        merging.frames(sandbox, call.call("/bin/cat", 0));
        merging.pass(SECOND);
        merging.frames(sandbox, child.exec("/bin/cat", "cat"));
        open(child);
        merging.frames(sandbox, call.call("/bin/ls", 0));
        merging.frames(sandbox, child.exec("/bin/ls", "ls"));
        open(child);
        assertThat(told()).containsExactly("EXEC 5 WITHHELD", "", "EXEC 5", "ls");
    }

    @Test
    void ofAProcessThatWasThereBeforeNothingIsKnownUntilItsExec() {
        Frames second = new Frames(6, 5, 300).groupStart(200);
        open(child);
        open(second);
        merging.frames(sandbox, child.exec("/bin/cat", "cat"), child.execReturn(0));
        // Its other threads may still run the program before.
        open(second);
        merging.frames(sandbox, second.taskExit());
        open(child);
        merging.frames(sandbox, child.taskExit());
        assertThat(told()).containsExactly("NOT_SEEN", "NOT_SEEN", "EXEC 5", "NO_KEY", "cat", "EXIT 5");
    }

    @Test
    void whereFramesWereDroppedNoProgramIsKnown() {
        start();
        child.dropped(1);
        open(child);
        assertThat(told()).containsExactly("EXEC_MISSED");
        merging.frames(sandbox, child.exec("/bin/cat", "cat"), child.execReturn(0));
        open(child);
        assertThat(told()).containsExactly("EXEC 5", "cat");
    }

    @Test
    void howeverOftenFramesAreDroppedNoProgramOfBeforeIsKnownAgain() {
        start();
        merging.frames(sandbox, child.exec("/bin/cat", "cat"), child.execReturn(0));
        open(child);
        assertThat(told()).containsExactly("EXEC 5", "cat");
        for (int i = 1; i <= 10_000; i++) {
            child.dropped(i);
            open(child);
            assertThat(told()).as("report %d", i).containsExactly("EXEC_MISSED");
        }
        for (int i = 10_001; i <= 15_000; i++) {
            String name = "program-" + i;
            merging.frames(sandbox, child.exec("/bin/" + name, name), child.execReturn(0));
            open(child);
            child.dropped(i);
            open(child);
            assertThat(told()).containsExactly("EXEC 5", name, "EXEC_MISSED");
        }
    }

    @Test
    void aProcessWhoseNumbersHaveRunOutHasCallsWithoutAKey() {
        start();
        sandbox.processes().get(5).execId = ProcessMerger.LAST_NUMBER - 2;
        merging.frames(sandbox, child.exec("/bin/cat", "cat"), child.execReturn(0));
        open(child);
        assertThat(told()).containsExactly("EXEC 5", "cat");
        for (String name : List.of("ls", "id")) {
            merging.frames(sandbox, child.exec("/bin/" + name, name), child.execReturn(0));
            open(child);
            assertThat(told()).containsExactly("EXEC 5", "NO_KEY");
        }
        child.dropped(1);
        open(child);
        assertThat(told()).containsExactly("NO_KEY");
        // A child's numbers begin anew, and its first one is of no program that is known.
        merging.frames(sandbox, child.clone(9, 9, 900, 0));
        Frames grandchild = new Frames(9, 9, 900).groupStart(900).dropped(1);
        open(grandchild);
        assertThat(told()).containsExactly("FORK 9", "");
        merging.frames(sandbox, grandchild.exec("/bin/id", "id"), grandchild.execReturn(0));
        open(grandchild);
        assertThat(told()).containsExactly("EXEC 9", "id");
    }

    @Test
    void noSandboxKeepsMoreThanAFewExecs() {
        for (int tgid = 10; tgid < 3_000; tgid++) {
            Frames first = new Frames(tgid, tgid, tgid).groupStart(tgid);
            Frames second = new Frames(tgid + 10_000, tgid, tgid).groupStart(tgid);
            merging.frames(sandbox, init.clone(tgid, tgid, tgid, 0), first.clone(tgid + 10_000, tgid, tgid, THREAD));
            merging.frames(sandbox, second.exec("/bin/cat", "cat"), second.execReturn(0));
            told();
        }
        int payloads = 0;
        for (int tgid = 10; tgid < 3_000; tgid++) {
            merging.frames(
                    sandbox, new Frames(tgid, tgid, tgid).groupStart(tgid).taskExit());
            payloads += told().contains("EXEC " + tgid) ? 1 : 0;
        }
        assertThat(payloads).isEqualTo(1024);
    }

    @Test
    void sandboxesHaveProcessesOfTheSameId() {
        Connection other = merging.connect(2);
        Frames twin = new Frames(1, 1, 111).groupStart(111).container("another");
        merging.frames(sandbox, init.containerStart("first"));
        merging.frames(other, twin.containerStart("second"));
        open(sandbox, init);
        open(other, twin);
        merging.frames(other, twin.taskExit());
        open(sandbox, init);
        assertThat(told()).containsExactly("EXEC 1", "EXEC 1", "first", "second", "EXIT 1", "first");
        assertThat(table.known()).isEqualTo(2);
    }

    @Test
    void anExecThatWaitsIsOneWhenTheStreamEnds() {
        start();
        merging.frames(sandbox, ExecFrames.execve(child).call("/bin/cat", 0));
        merging.merger.end(sandbox, false);
        assertThat(told()).containsExactly("EXEC 5 WITHHELD", "EXIT 1 WITHHELD", "EXIT 5 WITHHELD");
    }

    @Test
    void anExecThatWaitsIsOneWhenTheCaptureEnds() {
        start();
        merging.frames(sandbox, ExecFrames.execve(child).call("/bin/cat", 0));
        merging.merger.closing();
        merging.merger.end();
        assertThat(told()).containsExactly("EXEC 5 WITHHELD");
    }

    @Test
    void processesEndWithTheirSandbox() {
        start();
        merging.merger.end(sandbox, false);
        assertThat(told()).containsExactlyInAnyOrder("EXIT 1 WITHHELD", "EXIT 5 WITHHELD");
    }

    @Test
    void processesDoNotEndWithTheCapture() {
        start();
        merging.merger.closing();
        merging.merger.end(sandbox, false);
        assertThat(told()).isEmpty();
    }

    @Test
    void aSessionWithoutProcessEventsHasNone() {
        Frames without = new Frames(5, 5, 200);
        merging.frames(sandbox, without.clone(6, 6, 0), without.execReturn(0), without.taskExit());
        open(without);
        assertThat(told()).containsExactly("NO_KEY");
    }
}
