// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.Mutant;
import dev.unraced.driver.FilterReason;
import dev.unraced.event.Syscall;
import dev.unraced.sim.trace.Seams;
import dev.unraced.sim.trace.TraceSettings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which calls become events. */
final class FilterMutants {
    /** The process that stands for the one that captures. */
    private static final byte[] OBSERVER = "observer".getBytes(StandardCharsets.US_ASCII);

    private FilterMutants() {}

    static List<Mutant> all() {
        return List.of(
                Make.unsettled(
                        "watches-everything",
                        "watches all calls, whichever were asked for",
                        "R1.9",
                        settings -> new TraceSettings(
                                settings.mitigation(),
                                settings.integrity(),
                                Set.of(Syscall.values()),
                                settings.self(),
                                settings.tgids(),
                                settings.uids(),
                                settings.cgroups(),
                                settings.policy(),
                                settings.stashEntries(),
                                settings.stashLongPaths(),
                                settings.ringBytes())),
                Make.unsettled(
                        "any-user",
                        "does not filter by user",
                        "R1.10",
                        settings -> filters(settings, settings.self(), settings.tgids(), Set.of(), settings.cgroups())),
                Make.unsettled(
                        "any-cgroup",
                        "does not filter by cgroup",
                        "R1.10",
                        settings -> filters(settings, settings.self(), settings.tgids(), settings.uids(), Set.of())),
                Make.broken(
                        "filters-late",
                        "filters by process when a call returns, not when it enters",
                        "R7.2",
                        FilterMutants::late),
                Make.unsettled(
                        "watches-itself",
                        "makes events of its own calls",
                        "R11.1",
                        settings -> filters(settings, 0, settings.tgids(), settings.uids(), settings.cgroups())),
                Make.broken(
                        "never-watches-itself",
                        "leaves out its own calls though they are asked for",
                        "R11.2",
                        () -> Make.filtering(
                                FilterReason.SELF,
                                (task, call, record) -> Arrays.equals(task.comm(), OBSERVER) ? 0 : 1)));
    }

    private static Seams late() {
        Set<Integer> wanted = new HashSet<>();
        return Make.filtering(
                        FilterReason.TGID,
                        (task, call, record) ->
                                wanted.isEmpty() || wanted.contains(task.group().tgid()) ? 1 : 0)
                .withSettings(settings -> {
                    wanted.addAll(settings.tgids());
                    return filters(settings, settings.self(), Set.of(), settings.uids(), settings.cgroups());
                });
    }

    private static TraceSettings filters(
            TraceSettings settings, int self, Set<Integer> tgids, Set<Long> uids, Set<Long> cgroups) {
        return new TraceSettings(
                settings.mitigation(),
                settings.integrity(),
                settings.syscalls(),
                self,
                tgids,
                uids,
                cgroups,
                settings.policy(),
                settings.stashEntries(),
                settings.stashLongPaths(),
                settings.ringBytes());
    }
}
