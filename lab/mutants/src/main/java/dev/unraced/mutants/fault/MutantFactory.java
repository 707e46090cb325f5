// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.FilterReason;
import dev.unraced.config.EventFilters;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.Capability;
import dev.unraced.event.Feature;
import dev.unraced.ring.RingSource;
import dev.unraced.sim.trace.RecordSink;
import dev.unraced.sim.trace.Seams;
import dev.unraced.sim.trace.TraceSettings;
import dev.unraced.stash.ArgStash;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The ways to break a simulator. The parameter rules lists all rules that the mutant breaks, separated by blanks. */
public final class MutantFactory {
    private MutantFactory() {}

    /** Makes a mutant whose records lie. */
    public static Mutant lying(String name, String what, String rules, Falsehood falsehood) {
        return broken(name, what, rules, () -> telling(falsehood));
    }

    private static Seams telling(Falsehood falsehood) {
        CurrentCallTracker currentCall = new CurrentCallTracker();
        return Seams.NONE
                .withTracepoints(currentCall::around)
                .withSink(ring -> ofMerged(
                        (bytes, length) -> {
                            RecordEdit record = new RecordEdit(bytes, length);
                            falsehood.tell(currentCall.task(), currentCall.call(), record);
                            ring.submit(record.bytes(), record.length());
                        },
                        ring));
    }

    /** Returns a sink that sends merged records to one sink, and those of entries and processes to another. */
    public static RecordSink ofMerged(RecordSink merged, RecordSink others) {
        return (bytes, length) -> (new RecordEdit(bytes, length).isMerged() ? merged : others).submit(bytes, length);
    }

    /**
     * Makes a mutant that writes some records never or more than once, and keeps its statistics as if that were right.
     */
    public static Mutant miscounting(String name, String what, String rules, Supplier<CopyCount> copyCounts) {
        return broken(name, what, rules, () -> {
            Recount recount = new Recount();
            return counted(recount, copyCounts.get()).withSource(recount::pretending);
        });
    }

    /** Returns seams that leave out some records, and count them as filtered. */
    public static Seams filtering(FilterReason reason, CopyCount copyCount) {
        Recount recount = new Recount();
        return counted(recount, copyCount).withSource(source -> recount.filtering(reason, source));
    }

    private static Seams counted(Recount recount, CopyCount copyCount) {
        CurrentCallTracker currentCall = new CurrentCallTracker();
        return Seams.NONE.withTracepoints(currentCall::around).withSink(ring -> {
            recount.into(ring);
            return ofMerged(
                    (bytes, length) -> {
                        recount.given(bytes);
                        int copies =
                                copyCount.copies(currentCall.task(), currentCall.call(), new RecordEdit(bytes, length));
                        for (int i = 0; i < copies; i++) {
                            recount.write(bytes, length);
                        }
                    },
                    recount::pass);
        });
    }

    /** Makes a mutant whose stash is broken. */
    public static Mutant stashing(String name, String what, String rules, UnaryOperator<ArgStash> stash) {
        return broken(name, what, rules, () -> Seams.NONE.withStash(stash));
    }

    /** Makes a mutant that counts wrong. */
    public static Mutant miscounting(String name, String what, String rules, UnaryOperator<RingSource> source) {
        return broken(name, what, rules, () -> Seams.NONE.withSource(source));
    }

    /** Makes a mutant whose capture breaks its promises. */
    public static Mutant capturing(String name, String what, String rules, UnaryOperator<Capture> capture) {
        return broken(name, what, rules, () -> Seams.NONE.withCapture(capture));
    }

    /** Makes a mutant that does not follow its configuration. */
    public static Mutant unsettled(String name, String what, String rules, UnaryOperator<TraceSettings> settings) {
        return broken(name, what, rules, () -> Seams.NONE.withSettings(settings));
    }

    /** Makes a mutant that declares to lack a capability, and accepts it nevertheless. */
    public static Mutant denying(String name, String what, String rules, Capability lack, String reason) {
        Capabilities lacking = BrokenSim.CAPABILITIES.without(lack, reason);
        return lacking(name, what, rules, lacking, () -> Seams.NONE.withCapture(inner -> new Lesser(inner, lacking)));
    }

    /**
     * Makes a mutant that declares to lack a capability, refuses filters that need it, and whose records lie about it.
     */
    public static Mutant lacking(
            String name, String what, String rules, Capability lack, String reason, Falsehood falsehood) {
        Capabilities lacking = BrokenSim.CAPABILITIES.without(lack, reason);
        return lacking(
                name,
                what,
                rules,
                lacking,
                () -> telling(falsehood).withCapture(inner -> new Lesser(inner, lacking) {
                    @Override
                    public void filterBy(EventFilters filters) {
                        lacking.require(Feature.LIVE_FILTERS, driver());
                        filters.needs().forEach(filter -> lacking.require(filter, driver()));
                        super.filterBy(filters);
                    }
                }));
    }

    private static Mutant lacking(String name, String what, String rules, Capabilities lacking, Supplier<Seams> seams) {
        return new Mutant(name, what, Set.of(rules.split(" ")), () -> BrokenSim.with(lacking, seams));
    }

    /** A capture that declares only some capabilities. */
    private static class Lesser extends CaptureAround {
        private final Capabilities declared;

        Lesser(Capture inner, Capabilities declared) {
            super(inner);
            this.declared = declared;
        }

        @Override
        public Capabilities capabilities() {
            return declared;
        }
    }

    /** Makes a mutant that is broken by given seams, anew for each capture. */
    public static Mutant broken(String name, String what, String rules, Supplier<Seams> seams) {
        return new Mutant(name, what, Set.of(rules.split(" ")), () -> BrokenSim.of(seams));
    }
}
