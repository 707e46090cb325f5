// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.ProcessView;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Compares process events with what the acting program logged of its processes: one fork, each exec and one exit; and
 * the key of each call with the image that made it. A process makes no call between an exec and the log line of it, so
 * the times of these lines divide its calls.
 */
final class ProcessJudge {
    private static final String UNKNOWN = "process unknown";

    private final ProcessLog processes;
    private final Verdict verdict;
    private final Map<Integer, Life> lives = new HashMap<>();

    /** The process events of one process, and the log lines of its execs. */
    private record Life(int tgid, List<LogLine> execs, Map<ProcessView.Type, List<ProcessView>> events) {
        List<ProcessView> of(ProcessView.Type type) {
            return events.getOrDefault(type, List.of());
        }

        /** Returns whether the events that begin images are those of the log. */
        boolean isComplete() {
            return of(ProcessView.Type.FORK).size() == 1
                    && of(ProcessView.Type.EXEC).size() == execs.size();
        }

        /** Returns the key of the image that made calls at a time. */
        long keyAt(long time) {
            int before = 0;
            while (before < execs.size() && execs.get(before).number("e") <= time) {
                before++;
            }
            ProcessView began = before == 0
                    ? of(ProcessView.Type.FORK).get(0)
                    : of(ProcessView.Type.EXEC).get(before - 1);
            return began.processKey();
        }
    }

    ProcessJudge(ActLog log, ProcessLog processes, Verdict verdict) {
        this.processes = processes;
        this.verdict = verdict;
        if (processes.isEmpty()) {
            return;
        }
        for (int tgid : log.tgids()) {
            lives.put(tgid, new Life(tgid, log.execsOf(tgid), new HashMap<>()));
        }
        for (ProcessView event : processes.events()) {
            Life life = lives.get(event.tgid());
            if (life != null) {
                life.events()
                        .computeIfAbsent(event.type(), type -> new ArrayList<>())
                        .add(event);
            }
        }
    }

    /**
     * Judges the lives of all processes.
     *
     * @param losses number of events that the capture counted as lost during the run; without one, each is there
     */
    void judgeLives(long losses) {
        for (Life life : lives.values()) {
            count(life, ProcessView.Type.FORK, 1, losses);
            count(life, ProcessView.Type.EXEC, life.execs().size(), losses);
            count(life, ProcessView.Type.EXIT, 1, losses);
            List<ProcessView> told = life.of(ProcessView.Type.EXEC);
            for (int i = 0; i < told.size() && life.isComplete(); i++) {
                judge(told.get(i), life.execs().get(i));
            }
            for (ProcessView exit : life.of(ProcessView.Type.EXIT)) {
                equal("exit status", exit, exit.status(), 0);
            }
        }
    }

    private void count(Life life, ProcessView.Type type, int expected, long losses) {
        int told = life.of(type).size();
        verdict.asserted();
        if (told > expected || (told < expected && losses == 0)) {
            lie("number of " + type, told + " of process " + life.tgid(), expected);
        } else if (told < expected) {
            verdict.exclude("lost");
        }
    }

    private void judge(ProcessView event, LogLine exec) {
        equal("exec tid", event, event.tid(), exec.integer("t"));
        equal("exec uid", event, event.uid(), 0L);
        equal(
                "exec arguments",
                event,
                event.arguments().toByteString(),
                ByteString.utf8(Hunter.NAME + "\0--actor\0" + exec.text("a") + "\0"));
        if (event.nanos() < exec.number("b") || event.nanos() > exec.number("e")) {
            lie("exec time", event.nanos(), exec.number("b") + " to " + exec.number("e"));
        }
        if (event.has(EventFlag.HAS_FILE)) {
            equal("exec inode", event, event.inode(), exec.number("ino"));
            equal("exec device", event, event.deviceMajor() + ":" + event.deviceMinor(), exec.text("dev"));
        } else {
            lie("exec file", "none", exec.text("ino"));
        }
    }

    /** Judges which image an event says that made the call. */
    void judgeKey(Check check, Act act, SyscallEvent event) {
        if (processes.isEmpty()) {
            return;
        }
        long key = processes.keyOf(event);
        OptionalLong expected = expectedKey(act);
        if (key == 0 || expected.isEmpty()) {
            check.exclude(UNKNOWN);
        } else {
            check.equal("process key", key, expected.getAsLong());
        }
    }

    /** Returns the key of the image that made a call; empty where an event that began an image is missing. */
    OptionalLong expectedKey(Act act) {
        Life life = lives.get(act.tgid());
        return life == null || !life.isComplete() ? OptionalLong.empty() : OptionalLong.of(life.keyAt(act.begin()));
    }

    private void equal(String field, ProcessView event, Object said, Object actual) {
        verdict.asserted();
        if (!said.equals(actual)) {
            lie(field, said + " of process " + event.tgid(), actual);
        }
    }

    private void lie(String field, Object said, Object actual) {
        verdict.lie(new Lie(field, said.toString(), actual.toString(), Optional.empty(), Optional.empty()));
    }
}
