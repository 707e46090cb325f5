// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ProcessView;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Right lives of a process, and each kind of lie about one. */
class ProcessJudgeTest {
    private static final String EXEC = "exec a=0 t=10 g=10 b=100 e=120 ino=7 dev=0:5";
    private static final String ARGUMENTS = "unraced-hunter\0--actor\0" + "0\0";

    @Test
    void aRightLifeIsNoLie() {
        Verdict verdict = judge(0, fork(), exec(10, ARGUMENTS, 7), exit(0));
        assertThat(verdict.lies()).isEmpty();
        assertThat(verdict.assertions()).isPositive();
    }

    @Test
    void withoutProcessEventsNothingIsJudged() {
        assertThat(judge(0).assertions()).isZero();
    }

    @Test
    void whatIsMissingIsALieUnlessSomethingWasLost() {
        assertThat(fields(judge(0, fork(), exit(0)))).containsExactly("number of EXEC");
        assertThat(judge(1, fork(), exit(0)).lies()).isEmpty();
        assertThat(judge(1, fork(), exit(0)).excluded()).containsEntry("lost", 1L);
    }

    @Test
    void whatIsTooMuchIsALieWhateverWasLost() {
        assertThat(fields(judge(1, fork(), exec(10, ARGUMENTS, 7), exit(0), exit(0))))
                .containsExactly("number of EXIT");
    }

    @Test
    void eachFieldOfAnExecIsCompared() {
        assertThat(fields(judge(0, fork(), exec(11, "true\0", 8), exit(9))))
                .containsExactlyInAnyOrder("exec tid", "exec arguments", "exec inode", "exit status");
    }

    @Test
    void theKeyOfACallIsThatOfTheImageAtThatTime() {
        ActLog log = Logs.of(EXEC, Logs.open(10, 20, "path=a/x"), Logs.open(130, 140, "path=a/x"));
        ProcessView fork = fork();
        ProcessView exec = exec(10, ARGUMENTS, 7);
        Verdict verdict = new Verdict();
        ProcessJudge judge =
                new ProcessJudge(log, new ProcessLog(List.of(fork, exec, exit(0)), new IdentityHashMap<>()), verdict);
        assertThat(judge.expectedKey(log.acts().get(0))).hasValue(fork.processKey());
        assertThat(judge.expectedKey(log.acts().get(1))).hasValue(exec.processKey());
        assertThat(fork.processKey()).isNotEqualTo(exec.processKey());
    }

    @Test
    void withoutTheEventOfAnImageNoKeyIsKnown() {
        ActLog log = Logs.of(EXEC, Logs.open(10, 20, "path=a/x"));
        ProcessJudge judge =
                new ProcessJudge(log, new ProcessLog(List.of(fork(), exit(0)), new IdentityHashMap<>()), new Verdict());
        assertThat(judge.expectedKey(log.acts().get(0))).isEmpty();
    }

    private static Verdict judge(long losses, ProcessView... events) {
        return Judge.judge(
                Logs.of(EXEC), List.of(), new ProcessLog(List.of(events), new IdentityHashMap<>()), losses, 0);
    }

    private static List<String> fields(Verdict verdict) {
        return verdict.lies().stream().map(Lie::field).toList();
    }

    private static ProcessView fork() {
        return view(encoder(ProcessView.Type.FORK, 5, 10, 1));
    }

    private static ProcessView exec(int tid, String arguments, long inode) {
        return view(encoder(ProcessView.Type.EXEC, 110, tid, 2)
                .executable("/hunter".getBytes(StandardCharsets.UTF_8), 0, 5, inode)
                .arguments(arguments.getBytes(StandardCharsets.UTF_8)));
    }

    private static ProcessView exit(int status) {
        return view(encoder(ProcessView.Type.EXIT, 200, 10, 2).status(status));
    }

    private static ProcessEncoder encoder(ProcessView.Type type, long nanos, int tid, int execId) {
        return new ProcessEncoder().begin(type, nanos).process(10, tid, 4, execId);
    }

    private static ProcessView view(ProcessEncoder encoder) {
        encoder.finish();
        ProcessRecordView view = new ProcessRecordView();
        view.wrap(encoder.buffer(), 0);
        return view.snapshot();
    }
}
