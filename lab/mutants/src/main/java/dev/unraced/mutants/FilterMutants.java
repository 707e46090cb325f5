// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.capture.FilterReason;
import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.Syscall;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.OtherSettings;
import dev.unraced.sim.trace.Seams;
import dev.unraced.sim.trace.TraceSettings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Mutants that are wrong about which calls become events. */
final class FilterMutants {
    /** The name of the process that stands for the capturing one. */
    private static final byte[] OBSERVER = "observer".getBytes(StandardCharsets.US_ASCII);

    private FilterMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.unsettled(
                        "watches-everything",
                        "watches all calls, whichever were asked for",
                        "R1.9",
                        settings -> new TraceSettings(
                                settings.mitigation(),
                                settings.integrity(),
                                settings.enterEvents(),
                                settings.processEvents(),
                                Set.of(Syscall.values()),
                                settings.self(),
                                settings.filters(),
                                settings.limits(),
                                settings.policy(),
                                settings.stashEntries(),
                                settings.stashLongPaths(),
                                settings.ringBytes())),
                unfiltered(
                        "any-user",
                        "does not filter by user",
                        "R1.10",
                        all -> new EventFilters(
                                all.tgids(),
                                Set.of(),
                                all.cgroups(),
                                all.mountNamespaces(),
                                all.executables(),
                                all.paths(),
                                all.result())),
                unfiltered(
                        "any-cgroup",
                        "does not filter by cgroup",
                        "R1.10",
                        all -> new EventFilters(
                                all.tgids(),
                                all.uids(),
                                Set.of(),
                                all.mountNamespaces(),
                                all.executables(),
                                all.paths(),
                                all.result())),
                unfiltered(
                        "any-mount-namespace",
                        "does not filter by mount namespace",
                        "R1.10",
                        all -> new EventFilters(
                                all.tgids(),
                                all.uids(),
                                all.cgroups(),
                                Set.of(),
                                all.executables(),
                                all.paths(),
                                all.result())),
                unfiltered(
                        "any-executable",
                        "does not filter by executable",
                        "R1.10 R16.7",
                        all -> new EventFilters(
                                all.tgids(),
                                all.uids(),
                                all.cgroups(),
                                all.mountNamespaces(),
                                Set.of(),
                                all.paths(),
                                all.result())),
                unfiltered(
                        "any-path",
                        "does not filter by path",
                        "R1.10 R7.2 R12.5",
                        all -> new EventFilters(
                                all.tgids(),
                                all.uids(),
                                all.cgroups(),
                                all.mountNamespaces(),
                                all.executables(),
                                List.of(),
                                all.result())),
                unfiltered(
                        "any-result",
                        "does not filter by result",
                        "R1.10",
                        all -> new EventFilters(
                                all.tgids(),
                                all.uids(),
                                all.cgroups(),
                                all.mountNamespaces(),
                                all.executables(),
                                all.paths(),
                                ResultFilter.ALL)),
                MutantFactory.broken(
                        "only-that-cgroup",
                        "filters by cgroup, and leaves out those below the one asked for",
                        "R1.10",
                        FilterMutants::exactCgroup),
                MutantFactory.broken(
                        "filters-late",
                        "filters by process when a call returns, not when it enters, and no process event",
                        "R7.2 R16.7",
                        FilterMutants::late),
                MutantFactory.unsettled(
                        "watches-itself",
                        "makes events of its own calls",
                        "R11.1",
                        settings -> new TraceSettings(
                                settings.mitigation(),
                                settings.integrity(),
                                settings.enterEvents(),
                                settings.processEvents(),
                                settings.syscalls(),
                                0,
                                settings.filters(),
                                settings.limits(),
                                settings.policy(),
                                settings.stashEntries(),
                                settings.stashLongPaths(),
                                settings.ringBytes())),
                MutantFactory.broken(
                        "never-watches-itself",
                        "leaves out its own calls though they are asked for",
                        "R11.2",
                        () -> MutantFactory.filtering(
                                FilterReason.SELF,
                                (task, call, record) -> Arrays.equals(task.comm(), OBSERVER) ? 0 : 1)));
    }

    private static Mutant unfiltered(String name, String what, String rules, UnaryOperator<EventFilters> less) {
        return MutantFactory.unsettled(
                name, what, rules, settings -> OtherSettings.filtered(settings, less.apply(settings.filters())));
    }

    private static Seams late() {
        Set<Integer> wanted = new HashSet<>();
        return MutantFactory.filtering(
                        FilterReason.TGID,
                        (task, call, record) ->
                                wanted.isEmpty() || wanted.contains(task.group().tgid()) ? 1 : 0)
                .withSettings(settings -> {
                    EventFilters all = settings.filters();
                    wanted.addAll(all.tgids());
                    return OtherSettings.filtered(
                            settings,
                            new EventFilters(
                                    Set.of(),
                                    all.uids(),
                                    all.cgroups(),
                                    all.mountNamespaces(),
                                    all.executables(),
                                    all.paths(),
                                    all.result()));
                });
    }

    private static Seams exactCgroup() {
        Set<Long> wanted = new HashSet<>();
        return MutantFactory.filtering(
                        FilterReason.CGROUP,
                        (task, call, record) ->
                                wanted.isEmpty() || wanted.contains(task.group().cgroupId()) ? 1 : 0)
                .withSettings(settings -> {
                    wanted.addAll(settings.filters().cgroups());
                    return settings;
                });
    }
}
