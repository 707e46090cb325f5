// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.FilterReason;
import dev.unraced.config.EventFilters;
import dev.unraced.driver.FilterMatcher;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Syscall;
import dev.unraced.ring.FilterCounts;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Program;
import dev.unraced.sim.kernel.TaskGroup;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which calls become events, and counts the other calls (R1.10). The capturing process has its own reason
 * (R11.1, R11.2).
 */
final class CallFilter {
    /** Filters, and the files that their executables lead to when they come into force. */
    record Found(EventFilters filters, Set<Inode> files) {}

    private final Kernel kernel;
    private final TraceSettings settings;
    /** It is one object for all calls, which allocate nothing. */
    private final FilterMatcher.Cgroups cgroups;

    private Found filters;
    /** The filters under which each call that is under way entered. */
    private final IdentityHashMap<Call, Found> entered = new IdentityHashMap<>();

    private final FilterCounts counts = new FilterCounts();

    CallFilter(Kernel kernel, TraceSettings settings) {
        this.kernel = kernel;
        this.settings = settings;
        this.cgroups = kernel.cgroups()::isBelowAny;
        this.filters = find(settings.filters());
    }

    private Found find(EventFilters wanted) {
        Set<Inode> files = new HashSet<>();
        for (String path : wanted.executables()) {
            Inode file = kernel.files()
                    .stat(kernel.init(), path.getBytes(StandardCharsets.UTF_8))
                    .inode();
            if (file == null) {
                throw new CaptureException("driver sim: no filter by executable, since there is no " + path + ".");
            }
            files.add(file);
        }
        return new Found(wanted, files);
    }

    Found inForce() {
        return filters;
    }

    /** Changes the filters for calls that enter from now on (R12.8). */
    void filterBy(EventFilters next) {
        filters = find(next);
    }

    /** Judges a call by the filters that are in force now, until it is over (R12.9). */
    void enters(Call call) {
        entered.put(call, filters);
    }

    /** Returns the filters by which a call is judged. */
    Found of(Call call) {
        return entered.getOrDefault(call, filters);
    }

    /** Returns the filters by which a call is judged, and forgets them. */
    Found ends(Call call) {
        Found by = entered.remove(call);
        return by == null ? filters : by;
    }

    /** Returns the first reason to leave a process's calls out, or null when none applies. */
    @Nullable
    FilterReason reason(Found filters, TaskGroup group) {
        if (settings.self() != 0 && group.tgid() == settings.self()) {
            return FilterReason.SELF;
        }
        FilterReason reason = FilterMatcher.callerReason(
                filters.filters(), cgroups, group.tgid(), group.uid(), group.cgroupId(), group.mountNamespace());
        Program program = group.program();
        boolean isListed =
                filters.files().isEmpty() || (program != null && filters.files().contains(program.file()));
        return reason != null || isListed ? reason : FilterReason.EXECUTABLE;
    }

    /** Returns whether the path of an event passes the filter; connects and unreadable paths always pass. */
    static boolean acceptsPath(EventFilters filters, Call call, RecordBuilder record) {
        return call.syscall() == Syscall.CONNECT
                || !record.isPresent()
                || filters.acceptsPath(record.argument, record.length);
    }

    /** Returns the reason to leave out a call that returned, apart from its caller; null when there is none. */
    static @Nullable FilterReason reason(EventFilters filters, Call call, RecordBuilder record) {
        if (!acceptsPath(filters, call, record)) {
            return FilterReason.PATH;
        }
        boolean failed = call.syscall().isFailure(call.result(), !record.has(EventFlag.NOT_EXECUTED));
        return filters.result().accepts(failed) ? null : FilterReason.RESULT;
    }

    /** Returns the counter of calls that are left out. */
    FilterCounts counts() {
        return counts;
    }
}
