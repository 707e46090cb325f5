// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.attack.KernelOutcome.FileId;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.event.Provenance;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.linux.Errno;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Tests what the tally of an attack says of the event of an exec. */
class ExecTallyTest {
    private static final int TGID = 7;
    private static final ExecOutcome PROGRAM = ExecOutcome.program(ByteString.utf8("/tmp/a"), new FileId(8, 1, 15));
    private static final ExecOutcome SCRIPT =
            ExecOutcome.program(ByteString.utf8("/tmp/a"), new FileId(8, 1, 15)).by(ByteString.utf8("/tmp/i"));
    private static final ExecOutcome FAILURE = ExecOutcome.failure(ByteString.utf8("/tmp/a"), Errno.ENOENT);

    private final AttackTally tally = new AttackTally(Capabilities.complete(), null);

    @Test
    void aTrueEventIsNoLie() {
        tally.judge(exec(event -> {}), PROGRAM);
        tally.judge(exec(event -> event.interpreter(bytes("/tmp/i"))), SCRIPT);
        tally.judge(failed(Provenance.ENTER, Integrity.UNCHECKED, event -> {}), FAILURE);
        tally.judge(failed(Provenance.EXIT, Integrity.UNCHECKED, event -> event.flag(EventFlag.FAULTED)), FAILURE);
        assertThat(tally.counts().attempts()).isEqualTo(4);
        assertThat(tally.counts().lies()).isZero();
        assertThat(tally.worst()).isNull();
    }

    @Test
    void aWrongPathOfAnExecIsAFalseProof() {
        assertLies(exec(event -> event.path(bytes("/tmp/b"))), PROGRAM, 1, 0);
    }

    @Test
    void theProofOfAnExecIsJudgedAsItsPath() {
        tally.judge(exec(event -> event.trust(Provenance.KERNEL, Integrity.MATCH)), PROGRAM);
        tally.judge(exec(event -> event.trust(Provenance.KERNEL, Integrity.CHANGED)), PROGRAM);
        assertThat(tally.counts().lies()).isZero();
        assertThat(tally.counts().matched()).isEqualTo(1);
        assertThat(tally.counts().changed()).isEqualTo(1);
        assertLies(exec(event -> event.trust(Provenance.KERNEL, Integrity.MATCH).path(bytes("/tmp/b"))), PROGRAM, 1, 0);
    }

    @Test
    void whatElseIsWrongIsAWrongObject() {
        assertLies(exec(event -> event.executable(bytes("/tmp/b"), 8, 1, 16)), PROGRAM, 0, 1);
        assertLies(exec(event -> event.interpreter(bytes("/tmp/i"))), PROGRAM, 0, 1);
        assertLies(exec(event -> {}), SCRIPT, 0, 1);
        assertLies(exec(event -> {}), PROGRAM.with(ByteString.utf8("a\0")), 0, 1);
        assertLies(exec(event -> {}), PROGRAM.ofOtherThread(), 0, 1);
        assertLies(exec(event -> event.before(ExecCall.EXECVEAT, 0, 0, 0, 0, 0)), PROGRAM, 0, 1);
        assertLies(exec(event -> {}), FAILURE, 0, 1);
    }

    @Test
    void anExecWhoseEntryWasMissedTellsNothingOfTheCallAndIsMarked() {
        Consumer<ProcessEncoder> program = event -> event.path(bytes("/tmp/a")).executable(bytes("/tmp/a"), 8, 1, 15);
        tally.judge(view(ProcessView.Type.EXEC, program), PROGRAM.ofOtherThread());
        assertThat(tally.counts().lies()).isZero();
        assertThat(tally.counts().marked()).isEqualTo(1);
        assertLies(view(ProcessView.Type.EXEC, program), SCRIPT, 0, 1);
    }

    @Test
    void aSnapshotThatIsWrongIsNoLieAndCountsAsFlaggedWhereItSaysSo() {
        tally.judge(failed(Provenance.ENTER, Integrity.CHANGED, event -> event.path(bytes("/tmp/b"))), FAILURE);
        tally.judge(failed(Provenance.ENTER, Integrity.UNCHECKED, event -> event.path(bytes("/tmp/b"))), FAILURE);
        assertThat(tally.counts().lies()).isZero();
        assertThat(tally.counts().wrong()).isEqualTo(2);
        assertThat(tally.counts().flagged()).isEqualTo(1);
        assertThat(tally.counts().changed()).isEqualTo(1);
    }

    @Test
    void aFailureProvesNothing() {
        assertLies(failed(Provenance.ENTER, Integrity.MATCH, event -> {}), FAILURE, 1, 0);
        assertLies(failed(Provenance.KERNEL, Integrity.UNCHECKED, event -> event.path(bytes("/tmp/b"))), FAILURE, 1, 0);
    }

    @Test
    void aFailureHasItsErrorAndSaysWhyItWasReadLate() {
        ExecOutcome denied = ExecOutcome.failure(ByteString.utf8("/tmp/a"), Errno.EACCES);
        assertLies(failed(Provenance.ENTER, Integrity.UNCHECKED, event -> {}), denied, 0, 1);
        assertLies(failed(Provenance.EXIT, Integrity.UNCHECKED, event -> {}), FAILURE, 0, 1);
        assertLies(failed(Provenance.ENTER, Integrity.UNCHECKED, event -> {}), PROGRAM, 0, 1);
    }

    private static void assertLies(ProcessView event, ExecOutcome really, long falseProofs, long wrongObjects) {
        AttackTally tally = new AttackTally(Capabilities.complete(), "R16.2");
        tally.judge(event, really);
        assertThat(tally.counts().falseMatches()).as("%s", really).isEqualTo(falseProofs);
        assertThat(tally.counts().wrongObjects()).as("%s", really).isEqualTo(wrongObjects);
        assertThat(tally.worst()).isNotNull();
    }

    private static ProcessView exec(Consumer<ProcessEncoder> edit) {
        return view(ProcessView.Type.EXEC, event -> {
            event.before(ExecCall.EXECVE, 0, 0, 0, 0, 0);
            event.path(bytes("/tmp/a")).executable(bytes("/tmp/a"), 8, 1, 15);
            edit.accept(event);
        });
    }

    private static ProcessView failed(Provenance provenance, Integrity integrity, Consumer<ProcessEncoder> edit) {
        return view(ProcessView.Type.EXEC_FAILED, event -> {
            event.failed(ExecCall.EXECVE, Mitigation.STASH, 1, -100, 0, -Errno.ENOENT);
            event.trust(provenance, integrity).path(bytes("/tmp/a"));
            edit.accept(event);
        });
    }

    private static ProcessView view(ProcessView.Type type, Consumer<ProcessEncoder> edit) {
        ProcessEncoder encoder = new ProcessEncoder();
        encoder.begin(type, 2).process(TGID, TGID, 1, 1);
        edit.accept(encoder);
        encoder.finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
