// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.config.EventFilters;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import dev.unraced.mutants.fault.Recount;
import dev.unraced.mutants.fault.SourceAround;
import dev.unraced.mutants.fault.TracepointsAround;
import dev.unraced.ring.RingSource;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.trace.Precaution;
import dev.unraced.sim.trace.Seams;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Mutants that are wrong about the switch between modes. */
final class SwitchMutants {
    private SwitchMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.lying(
                        "kernel-is-stash",
                        "says stash of calls made under kernel",
                        "R12.1 R12.2",
                        (task, call, record) -> {
                            if (record.mitigation() == Mitigation.KERNEL) {
                                record.mitigation(Mitigation.STASH);
                            }
                        }),
                MutantFactory.broken(
                        "mode-at-return",
                        "says under which mode a call returned",
                        "R12.2",
                        SwitchMutants::modeAtReturn),
                MutantFactory.broken(
                        "copies-by-mode-in-force",
                        "takes no copy for a call that entered under kernel when the mode is another by then",
                        "R12.2",
                        SwitchMutants::copyingByModeInForce),
                MutantFactory.broken(
                        "copy-for-snapshot",
                        "gives out the snapshot for the kernel's copy when the mode is kernel by then",
                        "R12.2",
                        SwitchMutants::copyForSnapshot),
                // R5.2 switches modes while calls wait, too.
                MutantFactory.broken(
                        "switch-loses",
                        "loses an event when it switches while several calls are under way",
                        "R12.3 R5.2",
                        SwitchMutants::losing),
                MutantFactory.denying(
                        "switches-anyway",
                        "accepts a mode that it lacks",
                        "R12.4",
                        Mitigation.KERNEL,
                        "this one takes no copies"),
                MutantFactory.miscounting(
                        "keeps-its-filters",
                        "accepts other filters, and keeps those that it has",
                        "R1.10 R12.8 R12.9",
                        SwitchMutants::keepingFilters),
                MutantFactory.broken(
                        "filters-in-force",
                        "judges a call by the filters that are in force when it returns",
                        "R12.8 R12.9",
                        () -> Seams.NONE.without(Precaution.FILTERS_OF_ENTRY)),
                MutantFactory.broken(
                        "filter-change-loses",
                        "loses an event when its filters change while several calls are under way",
                        "R12.9",
                        SwitchMutants::losingAtFilters),
                MutantFactory.denying(
                        "filters-anyway",
                        "changes filters though it says that it cannot",
                        "R12.10",
                        Feature.LIVE_FILTERS,
                        "this one keeps its filters"));
    }

    private static RingSource keepingFilters(RingSource source) {
        return new SourceAround(source) {
            private EventFilters pretended = super.filters();

            @Override
            public EventFilters filters() {
                return pretended;
            }

            @Override
            public void filterBy(EventFilters filters) {
                pretended = filters;
            }
        };
    }

    private static Seams modeAtReturn() {
        ModeInForce mode = new ModeInForce();
        return Seams.NONE.withSource(mode::around).withSink(ring -> (bytes, length) -> {
            if (mode.mode != null) {
                new RecordEdit(bytes, length).mitigation(mode.mode);
            }
            ring.submit(bytes, length);
        });
    }

    private static Seams copyingByModeInForce() {
        ModeInForce mode = new ModeInForce();
        return Seams.NONE.withSource(mode::around).withTracepoints(tracepoints -> {
            TracepointsAround around = new TracepointsAround() {
                @Override
                public void worked(Task task, Call call) {
                    if (mode.mode == null || mode.mode == Mitigation.KERNEL) {
                        super.worked(task, call);
                    }
                }
            };
            around.inner(tracepoints);
            return around;
        });
    }

    private static Seams copyForSnapshot() {
        ModeInForce mode = new ModeInForce();
        return Seams.NONE.withSource(mode::around).withSink(ring -> (bytes, length) -> {
            RecordEdit record = new RecordEdit(bytes, length);
            if (mode.mode == Mitigation.KERNEL && record.mitigation() == Mitigation.STASH) {
                record.provenance(Provenance.KERNEL);
            }
            ring.submit(bytes, length);
        });
    }

    private static Seams losing() {
        return losing(new ModeInForce());
    }

    private static Seams losingAtFilters() {
        return losing(new ModeInForce() {
            @Override
            RingSource around(RingSource source) {
                return new SourceAround(source) {
                    @Override
                    public void filterBy(EventFilters filters) {
                        super.filterBy(filters);
                        switched = true;
                    }
                };
            }
        });
    }

    private static Seams losing(ModeInForce mode) {
        Recount recount = new Recount();
        UnderWay underWay = new UnderWay();
        return Seams.NONE
                .withTracepoints(tracepoints -> {
                    underWay.inner(tracepoints);
                    return underWay;
                })
                .withSource(source -> recount.pretending(mode.around(source)))
                .withSink(ring -> {
                    recount.into(ring);
                    return (record, length) -> {
                        recount.given(record);
                        boolean lost = mode.switched && underWay.tasks.size() > 1;
                        mode.switched = false;
                        if (!lost) {
                            recount.write(record, length);
                        }
                    };
                });
    }

    /** Remembers the mode in force, and whether a switch happened. */
    private static class ModeInForce {
        private volatile @Nullable Mitigation mode;
        volatile boolean switched;

        RingSource around(RingSource source) {
            return new SourceAround(source) {
                @Override
                public void switchTo(Mitigation next) {
                    super.switchTo(next);
                    mode = next;
                    switched = true;
                }
            };
        }
    }

    /** Remembers which threads are in calls. */
    private static final class UnderWay extends TracepointsAround {
        private final Set<Integer> tasks = new HashSet<>();

        @Override
        public void enter(Task task, Call call) {
            tasks.add(task.tid());
            super.enter(task, call);
        }

        @Override
        public void exit(Task task, Call call) {
            super.exit(task, call);
            tasks.remove(task.tid());
        }
    }
}
