// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.unraced.conformance.ConformanceReport;
import dev.unraced.conformance.ConformanceRunner;
import dev.unraced.conformance.RulePattern;
import dev.unraced.conformance.RuleResult;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.mutants.fault.Falsehood;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Simulators that lack one capability and say so: they break no rule, and keep the others of its kind. */
@Tag("slow")
class LesserDriversTest {
    /** A run mostly waits for the thread that reads events. */
    private static final int AT_ONCE = 4;

    private static final ExecutorService WORKERS = Executors.newFixedThreadPool(AT_ONCE);
    private static final String REASON = "this simulator lacks it";
    private static final Falsehood NONE = (task, call, record) -> {};

    @AfterAll
    static void endWorkers() {
        WORKERS.shutdownNow();
    }

    @TestFactory
    Stream<DynamicTest> aDriverThatDeclaresWhatItLacksBreaksNoRule() {
        return List.of(
                lesser(Feature.UNUSED_MODE, LesserDriversTest::forgetUnusedMode, "R1.13", "R2.9", "R12.3"),
                lesser(Feature.CONNECTING_PEER, LesserDriversTest::forgetUntoldPeer, "R2.30", "R2.31", "R2.49"),
                judgedOtherwise(Feature.KERNEL_SNAPSHOTS, LesserDriversTest::forgetSnapshot, "R2.34", "R2.35", "R12.2"),
                lesser(Feature.DETACHED_FLAG, (t, c, record) -> record.clear(EventFlag.DETACHED), "R2.21", "R2.33"),
                lesser(Feature.FILTER_THREAD_GROUP, NONE, "R1.10", "R7.2"),
                lesser(Feature.FILTER_USER, NONE, "R1.10", "R7.2", "R8.3"),
                lesser(Feature.FILTER_CGROUP, NONE, "R1.10", "R7.2", "R8.3"),
                lesser(Feature.FILTER_MOUNT_NAMESPACE, NONE, "R1.10", "R7.2"),
                lesser(Feature.FILTER_EXECUTABLE, NONE, "R1.10", "R7.2", "R12.10"),
                lesser(Feature.FILTER_PATH, NONE, "R1.10", "R7.2"),
                lesser(Feature.FILTER_RESULT, NONE, "R1.10", "R7.2"),
                lesser(Feature.FILTERS_AT_ENTRY, NONE, "R1.10", "R12.5", "R12.8"),
                lesser(Feature.LIVE_FILTERS, NONE, "R1.10", "R12.1"))
                .stream();
    }

    /** A rule that needs the capability is skipped, and says so. */
    private static DynamicTest lesser(Feature lack, Falsehood falsehood, String... kept) {
        return lesser(lack, falsehood, true, kept);
    }

    /** The rules know what takes the place of the capability, so none is skipped. */
    private static DynamicTest judgedOtherwise(Feature lack, Falsehood falsehood, String... kept) {
        return lesser(lack, falsehood, false, kept);
    }

    private static DynamicTest lesser(Feature lack, Falsehood falsehood, boolean skips, String... kept) {
        Future<ConformanceReport> judged = WORKERS.submit(() -> ConformanceRunner.run(
                MutantFactory.lacking("lesser", "lacks a capability", "R1.1", lack, REASON, falsehood)
                        .make()
                        .get(),
                RulePattern.ALL,
                result -> {}));
        return dynamicTest(lack.name(), () -> {
            ConformanceReport report = judged.get();
            assertThat(of(report, Status.BROKEN)).isEmpty();
            assertThat(of(report, Status.SKIPPED).stream()
                            .map(RuleResult::reason)
                            .anyMatch(("lacks " + lack + ": " + REASON)::equals))
                    .as("a rule is skipped for want of %s", lack)
                    .isEqualTo(skips);
            assertThat(of(report, Status.KEPT).stream()
                            .map(result -> result.number().orElseThrow().toString()))
                    .contains(kept);
        });
    }

    private static List<RuleResult> of(ConformanceReport report, Status status) {
        return report.results().stream()
                .filter(result -> result.status() == status)
                .toList();
    }

    private static void forgetUnusedMode(Object task, Object call, RecordEdit record) {
        boolean isRegister = record.syscall() == Syscall.OPEN || record.syscall() == Syscall.OPENAT;
        long creating = OpenFlags.O_CREAT | OpenFlags.O_TMPFILE_ALONE;
        if (isRegister && (record.number(RecordLayout.OPEN_FLAGS) & creating) == 0) {
            record.number(RecordLayout.OPEN_MODE, 0);
        }
    }

    /** Leaves the argument to the kernel's copy, and reads it at the return where there is none. */
    private static void forgetSnapshot(Object task, Object call, RecordEdit record) {
        if (record.mitigation() != Mitigation.KERNEL || !record.isMerged()) {
            return;
        }
        if (record.provenance() == Provenance.ENTER) {
            record.provenance(Provenance.EXIT);
            record.integrity(Integrity.UNCHECKED);
        } else if (record.integrity() == Integrity.CHANGED) {
            record.integrity(Integrity.MATCH);
        }
    }

    /** Leaves out the socket of a connect in progress, and of one whose peer is at port 0. */
    private static void forgetUntoldPeer(Object task, Object call, RecordEdit record) {
        if (record.isConnect() && record.has(EventFlag.HAS_SOCKET)) {
            byte[] peer = record.slice(RecordLayout.CONNECT_REMOTE);
            boolean isInternet = peer.length >= Integer.BYTES && (peer[0] == 2 || peer[0] == 10);
            boolean isAtZero = isInternet && ByteBuffer.wrap(peer).getShort(Short.BYTES) == 0;
            if (record.result() == Linux.EINPROGRESS || record.result() == Linux.EALREADY || isAtZero) {
                record.clear(EventFlag.HAS_SOCKET);
            }
        }
    }
}
