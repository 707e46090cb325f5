// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.capture.StashStats;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.Results;
import dev.unraced.mutants.fault.SourceAround;
import dev.unraced.mutants.fault.StashAround;
import dev.unraced.mutants.fault.TracepointsAround;
import dev.unraced.ring.SourceStats;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.trace.Seams;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Mutants whose statistics do not balance. */
final class StatsMutants {
    private StatsMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.broken(
                        "interrupted-uncounted",
                        "does not count an interrupted call as returned",
                        "R8.1",
                        StatsMutants::withoutInterrupted),
                MutantFactory.stashing(
                        "killed-uncounted",
                        "does not count what it reclaims from killed threads",
                        "R8.2",
                        stash -> new StashAround(stash) {
                            @Override
                            public StashStats stats() {
                                return super.stats().toBuilder().reclaimed(0).build();
                            }
                        }),
                MutantFactory.miscounting(
                        "full-uncounted",
                        "counts neither the call nor the loss when the ring is full",
                        "R9.3 R7.3 R8.3",
                        source -> new SourceAround(source) {
                            @Override
                            public SourceStats stats() {
                                SourceStats stats = super.stats();
                                long lost = stats.lost().values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum();
                                return stats.toBuilder()
                                        .returned(stats.returned() - lost)
                                        .lost(Map.of())
                                        .build();
                            }
                        }));
    }

    private static Seams withoutInterrupted() {
        AtomicLong interrupted = new AtomicLong();
        TracepointsAround counting = new TracepointsAround() {
            @Override
            public void exit(Task task, Call call) {
                if (call.result() == Results.RESTART) {
                    interrupted.incrementAndGet();
                }
                super.exit(task, call);
            }
        };
        return Seams.NONE
                .withTracepoints(tracepoints -> {
                    counting.inner(tracepoints);
                    return counting;
                })
                .withSource(source -> new SourceAround(source) {
                    @Override
                    public SourceStats stats() {
                        SourceStats stats = super.stats();
                        return stats.toBuilder()
                                .returned(stats.returned() - interrupted.get())
                                .build();
                    }
                });
    }
}
