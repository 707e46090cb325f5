// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.capture.CallerLosses;
import dev.unraced.config.RateLimits;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.OtherSettings;
import dev.unraced.mutants.fault.SourceAround;
import dev.unraced.ring.SourceStats;
import java.util.List;
import java.util.function.UnaryOperator;

/** Mutants that break limits, or attribute losses to the wrong caller. */
final class FloodMutants {
    private FloodMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.unsettled(
                        "unlimited",
                        "takes any number of events of a user and of a cgroup",
                        "R7.3",
                        settings -> OtherSettings.limited(settings, RateLimits.NONE)),
                MutantFactory.unsettled(
                        "limits-together",
                        "takes the limit of a user for one of the user's cgroup",
                        "R7.3 R9.3",
                        settings -> OtherSettings.limited(
                                settings,
                                new RateLimits(
                                        0,
                                        Math.max(
                                                settings.limits().user(),
                                                settings.limits().cgroup())))),
                MutantFactory.unsettled(
                        "limits-users-alone",
                        "does not limit cgroups",
                        "R7.3",
                        settings -> OtherSettings.limited(
                                settings, new RateLimits(settings.limits().user(), 0))),
                blaming("blames-no-caller", "does not count losses by caller", all -> List.of()),
                blaming(
                        "blames-the-first",
                        "counts all losses as those of the caller that lost the most",
                        all -> all.stream()
                                .limit(1)
                                .map(first -> new CallerLosses(
                                        first.uid(),
                                        first.cgroupId(),
                                        all.stream()
                                                .mapToLong(CallerLosses::lost)
                                                .sum()))
                                .toList()),
                blaming(
                        "blames-users-alone",
                        "counts losses by user, whatever the cgroup",
                        all -> CallerLosses.heaviest(all.stream()
                                .map(each ->
                                        new CallerLosses(each.uid(), all.get(0).cgroupId(), each.lost()))
                                .toList())),
                blaming(
                        "blames-lightest-first",
                        "names those first that lost the least",
                        all -> all.stream()
                                .sorted((one, other) -> Long.compare(one.lost(), other.lost()))
                                .toList()));
    }

    private static Mutant blaming(String name, String what, UnaryOperator<List<CallerLosses>> blame) {
        return MutantFactory.miscounting(name, what, "R8.3", source -> new SourceAround(source) {
            @Override
            public SourceStats stats() {
                SourceStats stats = super.stats();
                return stats.toBuilder().heaviest(blame.apply(stats.heaviest())).build();
            }
        });
    }
}
