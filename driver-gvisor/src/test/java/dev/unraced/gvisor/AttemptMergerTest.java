// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static dev.unraced.linux.OpenFlags.AT_EMPTY_PATH;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.unraced.capture.EventHandler;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessLayout;
import dev.unraced.event.ProcessView;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.event.Provenance;
import dev.unraced.linux.Errno;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests the events of execs that fail, in each order in which frames can come. */
class AttemptMergerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long THREAD = 0x10000;
    private static final int NOT_PERMITTED_TO = -Errno.EACCES;
    private static final int NONE = -Errno.ENOENT;
    private static final int INTERRUPTED = -Errno.EINTR;
    /** The calls of one sandbox that are kept. */
    private static final int MOST = 1024;

    private static final long SEED = 16;
    private static final int FIRST = 10;
    private static final int THREADS = 8;
    private static final int CALLS = 250;

    private Merging merging = new Merging(config -> config.processEvents(true));
    private Connection sandbox = merging.connect(1);

    private final Frames init = new Frames(1, 1, 100).groupStart(100);
    private final Frames child = new Frames(5, 5, 200).groupStart(200);
    private final Frames second = new Frames(6, 5, 300).groupStart(200);
    private final ExecFrames execve = ExecFrames.execve(child);

    @AfterEach
    void theStatisticsBalance() {
        merging.merger.end(sandbox, false);
        merging.merger.end();
        told();
        assertThat(merging.missing()).as("events that became nothing").isZero();
        assertThat(merging.merger.isWaiting()).as("calls that still wait").isFalse();
        assertThat(sandbox.processes().attempts).as("calls that are still kept").isEmpty();
    }

    private List<ProcessView> told() {
        List<ProcessView> told = new ArrayList<>();
        merging.poll(new EventHandler() {
            @Override
            public void onEvent(EventView event) {
                throw new AssertionError("no call was watched: " + event);
            }

            @Override
            public void onProcess(ProcessView event) {
                told.add(event.snapshot());
            }
        });
        return told;
    }

    /** Starts the container, and has its first process fork the child; returns the fork's event. */
    private ProcessView start() {
        merging.frames(sandbox, init.containerStart("init"), init.clone(5, 5, 200, 0));
        List<ProcessView> told = told();
        assertThat(told).extracting(ProcessView::type).containsExactly(ProcessView.Type.EXEC, ProcessView.Type.FORK);
        return told.get(1);
    }

    private ProcessView only() {
        List<ProcessView> told = told();
        assertThat(told).extracting(ProcessView::type).containsExactly(ProcessView.Type.EXEC_FAILED);
        return told.get(0);
    }

    private static List<EventFlag> flags(ProcessView event) {
        return Arrays.stream(EventFlag.values()).filter(event::has).toList();
    }

    private static void assertPath(ProcessView event, String path, Provenance provenance, EventFlag... flags) {
        assertThat(event.path().isPresent()).as("the path is there").isEqualTo(path != null);
        assertThat(event.path().toByteString().toString()).as("the path").isEqualTo(path == null ? "" : path);
        assertThat(event.pathProvenance()).as("where it was read").isEqualTo(provenance);
        assertThat(flags(event)).as("flags").containsExactly(flags);
    }

    @Test
    void anExecveThatFailsIsOneEventOfTheImageThatCalled() {
        ProcessView fork = start();
        merging.frames(sandbox, execve.call("/missing", NONE));
        ProcessView event = only();
        assertPath(event, "/missing", Provenance.ENTER);
        assertThat(event.pathIntegrity()).isEqualTo(Integrity.UNCHECKED);
        assertThat(event.execCall()).isEqualTo(ExecCall.EXECVE);
        assertThat(event.mitigation()).isEqualTo(Mitigation.STASH);
        assertThat(event.result()).isEqualTo(NONE);
        assertThat(event.dirfd()).isEqualTo(ExecFrames.AT_FDCWD);
        assertThat(event.atFlags()).isZero();
        assertThat(event.tgid()).isEqualTo(5);
        assertThat(event.tid()).isEqualTo(5);
        assertThat(event.uid()).isEqualTo(7);
        assertThat(event.parentTgid()).isEqualTo(1);
        assertThat(event.processKey()).isEqualTo(fork.processKey()).isNotZero();
        assertThat(event.nanos() - event.enterNanos()).as("the frames between").isEqualTo(2);
        assertThat(event.containerId().toByteString().toString()).isEqualTo("pod");
    }

    @Test
    void anExecveatHasItsDirectoryAndFlags() {
        start();
        merging.frames(sandbox, ExecFrames.execveat(child, 9, AT_EMPTY_PATH).call(null, NOT_PERMITTED_TO));
        ProcessView event = only();
        assertPath(event, "", Provenance.ENTER);
        assertThat(event.execCall()).isEqualTo(ExecCall.EXECVEAT);
        assertThat(event.dirfd()).isEqualTo(9);
        assertThat(event.atFlags()).isEqualTo(AT_EMPTY_PATH);
        assertThat(event.result()).isEqualTo(NOT_PERMITTED_TO);
    }

    @Test
    void anExecThatSucceedsIsNone() {
        start();
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/bin/cat"), child.exec("/bin/cat", "cat"));
        merging.frames(sandbox, execve.rawExit(0), execve.exit("/bin/cat", 0));
        merging.pass(SECOND * 10);
        assertThat(told()).extracting(ProcessView::type).containsExactly(ProcessView.Type.EXEC);
        assertThat(sandbox.processes().attempts).isEmpty();
    }

    @Test
    void aPathThatIsAnotherOneAtTheReturnHasChanged() {
        start();
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/one"));
        merging.frames(sandbox, execve.rawExit(NONE), execve.exit("/another", NONE));
        ProcessView event = only();
        assertPath(event, "/one", Provenance.ENTER);
        assertThat(event.pathIntegrity()).isEqualTo(Integrity.CHANGED);
    }

    @Test
    void withMitigationOffThePathIsThatOfTheReturn() {
        merging = new Merging(config -> config.processEvents(true).mitigation(Mitigation.OFF));
        sandbox = merging.connect(1);
        start();
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/one"));
        merging.merger.switchTo(Mitigation.STASH);
        merging.frames(sandbox, execve.rawExit(NONE), execve.exit("/another", NONE));
        ProcessView event = only();
        assertPath(event, "/another", Provenance.EXIT);
        assertThat(event.mitigation()).isEqualTo(Mitigation.OFF);
        assertThat(event.pathIntegrity()).isEqualTo(Integrity.UNCHECKED);
        assertThat(event.nanos() - event.enterNanos()).as("the frames between").isEqualTo(2);
    }

    @Test
    void aSentryThatWithholdsThePathLeavesTheNumbers() {
        start();
        merging.frames(sandbox, execve.rawEnter(), execve.rawExit(NONE));
        assertThat(told()).isEmpty();
        // The next act of the thread shows that no path will come.
        merging.frames(sandbox, child.clone(8, 8, 400, 0));
        List<ProcessView> told = told();
        assertThat(told)
                .extracting(ProcessView::type)
                .containsExactly(ProcessView.Type.EXEC_FAILED, ProcessView.Type.FORK);
        assertPath(told.get(0), null, Provenance.NONE, EventFlag.WITHHELD);

        merging.frames(sandbox, execve.rawEnter(), execve.rawExit(NONE), execve.exit("/a", NONE));
        assertPath(only(), "/a", Provenance.EXIT, EventFlag.WITHHELD);
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/a"), execve.rawExit(NONE));
        merging.frames(sandbox, child.taskExit());
        assertPath(told().get(0), "/a", Provenance.ENTER, EventFlag.WITHHELD);
    }

    @Test
    void anEventWaitsForALimitedTime() {
        start();
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/a"), execve.rawExit(NONE));
        merging.pass(SECOND);
        assertThat(told()).isEmpty();
        merging.pass(SECOND);
        assertPath(only(), "/a", Provenance.ENTER, EventFlag.WITHHELD);
        assertThat(sandbox.processes().attempts).isEmpty();
        merging.frames(sandbox, execve.exit("/a", NONE));
        assertThat(told()).isEmpty();
        merging.frames(sandbox, execve.call("/b", NONE));
        assertPath(only(), "/b", Provenance.ENTER);
    }

    @Test
    void aSessionWithoutPayloadPointsOfExecsIsWarnedOfOnce() {
        Connection withPoints = merging.connect(2);
        merging.frames(withPoints, execve.call("/a", NONE));
        merging.frames(withPoints, execve.rawEnter(), execve.rawExit(NONE));
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(AttemptMerger.class);
        logger.addAppender(log);
        try {
            merging.frames(sandbox, execve.rawEnter(), execve.rawExit(NONE), execve.rawEnter(), execve.rawExit(NONE));
            merging.pass(SECOND * 2);
        } finally {
            logger.detachAppender(log);
        }
        assertThat(told()).hasSize(4);
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .startsWith("Sandbox 1 ")
                        .contains("'unraced gvisor config --processes'"));
    }

    @Test
    void anAbsentPathSaysWhy() {
        start();
        merging.frames(sandbox, execve.call(null, NONE));
        assertPath(only(), "", Provenance.ENTER);
        // An empty path would be no file, so this one could not be read.
        merging.frames(sandbox, execve.call(null, NOT_PERMITTED_TO));
        assertPath(only(), null, Provenance.NONE, EventFlag.FAULTED);
        merging.frames(sandbox, ExecFrames.execveat(child, 9, 0).call(null, NOT_PERMITTED_TO));
        assertPath(only(), null, Provenance.NONE, EventFlag.FAULTED);
        merging.frames(sandbox, execve.rawExit(NOT_PERMITTED_TO), execve.exit(null, NOT_PERMITTED_TO));
        assertPath(only(), null, Provenance.NONE, EventFlag.ENTER_MISSED);
        merging.frames(sandbox, ExecFrames.execveat(child, 9, AT_EMPTY_PATH | 1).call(null, -Errno.EINVAL));
        assertPath(only(), null, Provenance.NONE, EventFlag.FAULTED);
        merging.frames(sandbox, execve.call(null, -Errno.ENAMETOOLONG));
        assertPath(only(), null, Provenance.NONE, EventFlag.TRUNCATED);
        merging.frames(sandbox, execve.call(null, -Errno.EFAULT));
        assertPath(only(), null, Provenance.NONE, EventFlag.FAULTED);
        merging.frames(sandbox, ExecFrames.execve(child).withoutPointer().call(null, -Errno.EFAULT));
        assertPath(only(), null, Provenance.NONE, EventFlag.FAULTED);
        merging.frames(sandbox, execve.rawEnter(), execve.enter(null));
        merging.frames(sandbox, execve.rawExit(NONE), execve.exit("/late", NONE));
        assertPath(only(), "/late", Provenance.EXIT, EventFlag.FAULTED);
    }

    @Test
    void aPathThatIsLongerThanAnySentrySendsIsCut() {
        start();
        merging.frames(sandbox, execve.call("a".repeat(5_000), NONE));
        assertPath(only(), "a".repeat(4_095), Provenance.ENTER, EventFlag.TRUNCATED);
    }

    @Test
    void anEntryThatIsNotKnownIsMissed() {
        start();
        merging.frames(sandbox, execve.rawExit(NONE), execve.exit("/a", NONE));
        ProcessView event = only();
        assertPath(event, "/a", Provenance.EXIT, EventFlag.ENTER_MISSED);
        assertThat(event.enterNanos()).isZero();
        merging.frames(sandbox, execve.exit("/a", NONE));
        assertPath(only(), "/a", Provenance.EXIT, EventFlag.ENTER_MISSED);
        merging.frames(sandbox, execve.enter("/a"), execve.exit("/a", NONE));
        assertPath(only(), "/a", Provenance.ENTER);
    }

    @Test
    void anEntryIsOfNoOtherCall() {
        start();
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/one"));
        ExecFrames other = ExecFrames.execveat(child, 3, 0);
        merging.frames(sandbox, other.rawExit(NONE), other.exit("/other", NONE));
        assertPath(only(), "/other", Provenance.EXIT, EventFlag.ENTER_MISSED);

        merging.frames(sandbox, execve.rawEnter(), execve.enter("/one"));
        ExecFrames later = ExecFrames.execve(new Frames(5, 5, 999).groupStart(200));
        merging.frames(sandbox, later.rawExit(NONE), later.exit("/later", NONE));
        assertPath(only(), "/later", Provenance.EXIT, EventFlag.ENTER_MISSED);
    }

    @Test
    void afterADroppedFrameNoEntryIsTrusted() {
        start();
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/one"));
        child.dropped(4);
        merging.frames(sandbox, execve.rawExit(NONE), execve.exit("/another", NONE));
        ProcessView event = only();
        assertPath(event, "/another", Provenance.EXIT, EventFlag.ENTER_MISSED);
        assertThat(merging.merger.dropped()).isEqualTo(4);
    }

    @Test
    void whatHasNoRoomSaysSo() {
        start();
        List<ExecFrames> threads = new ArrayList<>();
        for (int tid = 10; tid < 10 + MOST + 2; tid++) {
            threads.add(ExecFrames.execve(new Frames(tid, 5, tid).groupStart(200)));
        }
        threads.forEach(thread -> merging.frames(sandbox, thread.rawEnter(), thread.enter("/one")));
        assertThat(sandbox.processes().attempts).hasSize(MOST);
        ExecFrames last = threads.get(MOST + 1);
        merging.frames(sandbox, last.rawExit(NONE), last.exit("/two", NONE));
        assertPath(only(), "/two", Provenance.EXIT, EventFlag.ENTER_MISSED, EventFlag.STASH_FULL);
        ExecFrames first = threads.get(0);
        merging.frames(sandbox, first.rawExit(NONE), first.exit("/one", NONE));
        assertPath(only(), "/one", Provenance.ENTER);
        merging.frames(sandbox, last.call("/two", NONE));
        assertPath(only(), "/two", Provenance.ENTER);
    }

    @Test
    void aThreadThatIsKilledInItsCallLeavesNothing() {
        start();
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/a"), child.taskExit(9));
        assertThat(told()).extracting(ProcessView::type).containsExactly(ProcessView.Type.EXIT);
        assertThat(sandbox.processes().attempts).isEmpty();
    }

    @Test
    void anExecThatLosesToAnothersFailsInTheImageBefore() {
        ProcessView fork = start();
        ExecFrames loser = ExecFrames.execve(second);
        merging.frames(sandbox, child.clone(6, 5, 300, THREAD));
        merging.frames(sandbox, loser.rawEnter(), loser.enter("/bin/ls"), second.exec("/bin/ls", "ls"));
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/bin/cat"), child.exec("/bin/cat", "cat"));
        merging.frames(sandbox, execve.rawExit(0), loser.rawExit(INTERRUPTED), execve.exit("/bin/cat", 0));
        merging.frames(sandbox, second.taskExit(0));
        List<ProcessView> told = told();
        assertThat(told)
                .extracting(ProcessView::type)
                .containsExactly(ProcessView.Type.EXEC_FAILED, ProcessView.Type.EXEC);
        assertPath(told.get(0), "/bin/ls", Provenance.ENTER, EventFlag.WITHHELD);
        assertThat(told.get(0).result()).isEqualTo(INTERRUPTED);
        assertThat(told.get(0).tid()).isEqualTo(6);
        assertThat(told.get(0).processKey()).isEqualTo(fork.processKey());
        assertThat(told.get(1).processKey()).isNotEqualTo(fork.processKey());
    }

    @Test
    void whereItIsNotKnownWhichProgramAThreadRunsNoImageHasTheKey() {
        // No frame told of this process before, so its first thread may have ended when the second one executed.
        merging.frames(sandbox, second.exec("/bin/cat", "cat"), second.execReturn(0));
        ProcessView exec = told().get(0);
        merging.frames(sandbox, execve.call("/a", NONE));
        assertThat(only().processKey())
                .isNotEqualTo(exec.processKey())
                .isNotEqualTo(ProcessLayout.key(exec.startNanos(), 0));
    }

    @Test
    void aReturnThatContradictsTheFirstOneLosesNoEvent() {
        start();
        ExecFrames other = ExecFrames.execveat(child, 3, 0);
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/a"), execve.rawExit(NONE));
        merging.frames(sandbox, other.exit("/b", NONE));
        List<ProcessView> told = told();
        assertThat(told).hasSize(2);
        assertPath(told.get(0), "/a", Provenance.ENTER, EventFlag.WITHHELD);
        assertPath(told.get(1), "/b", Provenance.EXIT, EventFlag.ENTER_MISSED);
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/a"), execve.rawExit(NONE));
        merging.frames(sandbox, execve.exit("/a", 0));
        assertPath(only(), "/a", Provenance.ENTER, EventFlag.WITHHELD);
    }

    @Test
    void callsOfThreadsThatRunAtOnceAreNotMixed() {
        ProcessView fork = start();
        Random random = new Random(SEED);
        List<Deque<byte[]>> queues = new ArrayList<>();
        for (int tid = FIRST; tid < FIRST + THREADS; tid++) {
            ExecFrames thread = ExecFrames.execve(new Frames(tid, 5, tid).groupStart(200));
            Deque<byte[]> queue = new ArrayDeque<>();
            for (int call = 0; call < CALLS; call++) {
                queue.addAll(List.of(thread.call("/" + tid + "/" + call, call % 2 == 0 ? NONE : NOT_PERMITTED_TO)));
            }
            queues.add(queue);
        }
        List<ProcessView> told = new ArrayList<>();
        while (!queues.isEmpty()) {
            int chosen = random.nextInt(queues.size());
            merging.frames(sandbox, queues.get(chosen).remove());
            if (queues.get(chosen).isEmpty()) {
                queues.remove(chosen);
                told.addAll(told());
            }
        }
        assertThat(told).hasSize(THREADS * CALLS);
        int[] calls = new int[FIRST + THREADS];
        for (ProcessView event : told) {
            int call = calls[event.tid()]++;
            assertPath(event, "/" + event.tid() + "/" + call, Provenance.ENTER);
            assertThat(event.result()).isEqualTo(call % 2 == 0 ? NONE : NOT_PERMITTED_TO);
            assertThat(event.processKey()).isEqualTo(fork.processKey());
        }
    }

    @Test
    void filtersByTheCallerApply() {
        for (boolean isWatched : List.of(true, false)) {
            merging = new Merging(config -> config.processEvents(true).uids(isWatched ? 7 : 8));
            sandbox = merging.connect(1);
            merging.frames(sandbox, execve.call("/a", NONE));
            assertThat(told()).hasSize(isWatched ? 1 : 0);
            assertThat(merging.missing()).isZero();
        }
    }

    @Test
    void whatWaitsIsToldWhenTheStreamEnds() {
        start();
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/a"), execve.rawExit(NONE));
        merging.merger.end(sandbox, false);
        assertThat(told())
                .extracting(ProcessView::type)
                .containsExactly(ProcessView.Type.EXEC_FAILED, ProcessView.Type.EXIT, ProcessView.Type.EXIT);
    }

    @Test
    void whatWaitsIsToldWhenTheCaptureEnds() {
        start();
        merging.frames(sandbox, execve.rawEnter(), execve.enter("/a"), execve.rawExit(NONE));
        merging.merger.closing();
        merging.merger.end();
        assertPath(only(), "/a", Provenance.ENTER, EventFlag.WITHHELD);
    }

    @Test
    void aSessionWithoutProcessEventsHasNone() {
        ExecFrames without = ExecFrames.execve(new Frames(5, 5, 200));
        merging.frames(sandbox, without.call("/a", NONE));
        assertThat(told()).isEmpty();
    }
}
