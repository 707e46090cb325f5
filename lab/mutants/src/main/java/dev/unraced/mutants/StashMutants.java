// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.capture.StashStats;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.RecordLayout;
import dev.unraced.mutants.fault.BrokenSim;
import dev.unraced.mutants.fault.CurrentCallTracker;
import dev.unraced.mutants.fault.LeakingReclaimStash;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import dev.unraced.mutants.fault.SourceAround;
import dev.unraced.mutants.fault.StashAround;
import dev.unraced.ring.SourceStats;
import dev.unraced.sim.kernel.AddressSpace;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.trace.Seams;
import dev.unraced.stash.ArgStash;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Mutants that are wrong about what is kept from entry to return. */
final class StashMutants {
    /** One out of this many dying threads leaves an entry. */
    private static final int RARELY = 50;

    private StashMutants() {}

    static List<Mutant> all() {
        return List.of(
                // After an exec, the new thread also has the start time of the one that it took over.
                MutantFactory.stashing(
                        "by-id-alone",
                        "matches by thread id alone what a dead thread left",
                        "R4.1 R4.2",
                        stash -> new LeakingReclaimStash(stash, false)),
                MutantFactory.stashing(
                        "outlives-exec",
                        "keeps the entry of a thread whose id and start time another one takes over",
                        "R4.2",
                        stash -> new LeakingReclaimStash(stash, true)),
                MutantFactory.broken(
                        "by-memory",
                        "takes whose memory a caller is in for the caller's process",
                        "R4.3",
                        StashMutants::byMemory),
                MutantFactory.lying(
                        "guessed-entry",
                        "guesses when a call entered that it did not see enter",
                        "R5.1",
                        (task, call, record) -> {
                            if (record.has(EventFlag.ENTER_MISSED)) {
                                record.number(RecordLayout.ENTER_NS, record.number(RecordLayout.EXIT_NS));
                            }
                        }),
                MutantFactory.lying(
                        "reporter-for-submitter",
                        "names the task that reports the end of a request whose submission it did not see",
                        "R1.1",
                        (task, call, record) -> {
                            if (record.bytes().get(RecordLayout.ORIGIN) == Origin.IO_URING.code()
                                    && record.has(EventFlag.ENTER_MISSED)) {
                                record.small(RecordLayout.TGID, task.tgid() + 1);
                            }
                        }),
                MutantFactory.lying(
                        "full-silently",
                        "does not say that there was no room for a call",
                        "R5.2",
                        (task, call, record) -> record.clear(EventFlag.STASH_FULL)),
                MutantFactory.lying(
                        "full-silently-under-kernel",
                        "does not say that there was no room for a call that the kernel's copy stands in for",
                        "R5.2",
                        (task, call, record) -> {
                            if (record.mitigation() == Mitigation.KERNEL) {
                                record.clear(EventFlag.STASH_FULL);
                            }
                        }),
                MutantFactory.stashing(
                        "forgets-when-looked-at",
                        "forgets that it refused a call when somebody looks for its entry",
                        "R5.2",
                        stash -> new StashAround(stash) {
                            @Override
                            public int peek(long thread, long startNanos, int call, ByteBuffer target) {
                                int length = super.peek(thread, startNanos, call, target);
                                return length < 0 ? super.take(thread, startNanos, call, target) : length;
                            }
                        }),
                lru(
                        "evicts-unflagged",
                        "evicts, and does not say so in the event",
                        Seams.NONE.withSink(ring -> (bytes, length) -> {
                            new RecordEdit(bytes, length).clear(EventFlag.EVICTED);
                            ring.submit(bytes, length);
                        })),
                lru("evicts-silently", "evicts, and counts it as taken", Seams.NONE.withStash(SilentEviction::new)),
                MutantFactory.stashing(
                        "full-mixes",
                        "gives a call what the last one had, when the stash is full of many",
                        "R5.3",
                        NextDoor::new),
                MutantFactory.stashing(
                        "leaks-on-kill", "keeps the entry of a thread that is killed", "R6.1 R6.2", LeakOnKill::new),
                MutantFactory.stashing(
                        "leaks-in-a-storm",
                        "keeps the entry of one in fifty threads that are killed",
                        "R6.2",
                        stash -> new StashAround(stash) {
                            private int dead;

                            @Override
                            public boolean discard(long thread) {
                                dead += stats().live() > 0 ? 1 : 0;
                                return dead % RARELY != RARELY - 1 && super.discard(thread);
                            }
                        }),
                MutantFactory.stashing(
                        "close-reclaims-nothing",
                        "leaves the entries of calls under way when it closes",
                        "R6.5",
                        stash -> new StashAround(stash) {
                            @Override
                            public void clear() {
                                // This mutant keeps the entries on purpose.
                            }
                        }),
                MutantFactory.miscounting(
                        "growing-stash",
                        "takes more memory with every call",
                        "R7.1",
                        source -> new SourceAround(source) {
                            @Override
                            public SourceStats stats() {
                                SourceStats stats = super.stats();
                                return stats.toBuilder()
                                        .stashBytes(stats.stashBytes() + stats.returned())
                                        .build();
                            }
                        }),
                MutantFactory.stashing(
                        "rounded-capacity",
                        "says that it has more room than was asked for",
                        "R7.1",
                        stash -> new StashAround(stash) {
                            @Override
                            public StashStats stats() {
                                StashStats stats = super.stats();
                                return stats.toBuilder()
                                        .capacity(stats.capacity() + 1)
                                        .build();
                            }
                        }));
    }

    private static Seams byMemory() {
        IdentityHashMap<AddressSpace, Integer> owners = new IdentityHashMap<>();
        CurrentCallTracker currentCall = new CurrentCallTracker();
        return Seams.NONE
                .withTracepoints(currentCall::around)
                .withSink(ring -> MutantFactory.ofMerged(
                        (bytes, length) -> {
                            Task task = currentCall.task();
                            int owner = owners.computeIfAbsent(
                                    task.group().memory(),
                                    memory -> task.group().tgid());
                            new RecordEdit(bytes, length).small(RecordLayout.TGID, owner);
                            ring.submit(bytes, length);
                        },
                        ring));
    }

    private static Mutant lru(String name, String what, Seams seams) {
        return new Mutant(
                name, what, Set.of("R5.2"), () -> BrokenSim.configured(Map.of("sim.stash", "lru"), () -> seams));
    }

    /** A stash that, when it has at least MANY entries and is full, hands out the bytes of the take before. */
    private static final class NextDoor extends StashAround {
        private static final int MANY = 16;
        private byte[] last = {};

        NextDoor(ArgStash stash) {
            super(stash);
        }

        @Override
        public int take(long thread, long startNanos, int call, ByteBuffer target) {
            StashStats before = stats();
            int start = target.position();
            int length = super.take(thread, startNanos, call, target);
            if (length <= 0) {
                return length;
            }
            byte[] wrong = last;
            last = new byte[length];
            target.get(start, last);
            if (before.capacity() < MANY || before.live() < before.capacity() || wrong.length == 0) {
                return length;
            }
            target.position(start).put(wrong);
            return wrong.length;
        }
    }

    /** A stash that does not notice that threads end. */
    private static final class LeakOnKill extends StashAround {
        LeakOnKill(ArgStash stash) {
            super(stash);
        }

        @Override
        public boolean discard(long thread) {
            return false;
        }
    }

    /** A stash that does not report evictions. */
    private static final class SilentEviction extends StashAround {
        SilentEviction(ArgStash stash) {
            super(stash);
        }

        @Override
        public StashStats stats() {
            StashStats stats = super.stats();
            return stats.toBuilder()
                    .evicted(0)
                    .takes(stats.takes() + stats.evicted())
                    .build();
        }
    }
}
