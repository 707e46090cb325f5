// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stops a run of the kit early: what was judged before is its report. Serves one run. */
public final class StopRequest {
    private final List<RuleResult> judged = new ArrayList<>();
    private @Nullable Thread runner;
    private boolean requested;

    /** Ends the rule that runs, by an interrupt, and lets no other one begin. Its result is left out. */
    public synchronized void request() {
        requested = true;
        if (runner != null) {
            runner.interrupt();
        }
    }

    public synchronized boolean isRequested() {
        return requested;
    }

    /** Returns the results up to now, or up to the request. */
    public synchronized List<RuleResult> judged() {
        return List.copyOf(judged);
    }

    /** Keeps a result, unless it came after the request; returns whether it was kept. */
    synchronized boolean keep(RuleResult result) {
        if (!requested) {
            judged.add(result);
        }
        return !requested;
    }

    synchronized void begin() {
        runner = Thread.currentThread();
    }

    /** Notes that the run is over; the interrupt of the request must not reach what comes next. */
    synchronized void end() {
        runner = null;
        if (requested) {
            Thread.interrupted();
        }
    }
}
