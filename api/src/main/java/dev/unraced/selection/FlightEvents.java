// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The events of captures in recordings of the JDK's Flight Recorder. Their names and fields are part of the API. */
final class FlightEvents {
    private FlightEvents() {}

    /** The common fields of all events, which JFR reads. */
    @Category("Unraced")
    abstract static class CaptureEvent extends Event {
        @Label("Capture")
        @Description("Number of the capture in this process, from 1")
        final long capture;

        @Label("Driver")
        final String driver;

        CaptureEvent(long capture, String driver) {
            this.capture = capture;
            this.driver = driver;
        }
    }

    @Name("dev.unraced.CaptureOpen")
    @Label("Capture Open")
    @Description("A capture opened; the duration is what opening took")
    static final class Open extends CaptureEvent {
        @Label("Mitigation")
        String mitigation = "";

        @Label("Ring Size")
        @DataAmount
        long ringBytes;

        @Label("Stash Size")
        @DataAmount
        long stashBytes;

        @Label("Stash Capacity")
        @Description("Threads that can be in a watched call at once")
        long stashCapacity;

        Open(long capture, String driver) {
            super(capture, driver);
        }
    }

    @Name("dev.unraced.CaptureLoss")
    @Label("Capture Loss")
    @Description("Calls were lost since the capture opened, or since the last event of this kind and reason")
    @Period("1 s")
    @StackTrace(false)
    static final class Loss extends CaptureEvent {
        @Label("Reason")
        final String reason;

        @Label("Lost")
        final long lost;

        @Label("Total Lost")
        @Description("For this reason, since the capture opened")
        final long total;

        Loss(long capture, String driver, LossReason reason, long lost, long total) {
            super(capture, driver);
            this.reason = reason.name();
            this.lost = lost;
            this.total = total;
        }
    }

    /** The statistics, in calls since the capture opened. */
    abstract static class StatsEvent extends CaptureEvent {
        @Label("Mitigation")
        final String mitigation;

        @Label("Returned")
        @Description("Watched calls that returned")
        final long returned;

        @Label("Entered")
        @Description("Enter events made")
        final long entered;

        @Label("Process Events")
        @Description("Process events made")
        final long processEvents;

        @Label("Delivered")
        final long delivered;

        @Label("Lost")
        final long lost;

        @Label("Filtered")
        final long filtered;

        @Label("Wakeups")
        final long wakeups;

        @Label("Stash Refused")
        final long stashRefused;

        @Label("Stash Evicted")
        final long stashEvicted;

        StatsEvent(long capture, String driver, String mitigation, CaptureStats stats) {
            super(capture, driver);
            this.mitigation = mitigation;
            this.returned = stats.returned();
            this.entered = stats.entered();
            this.processEvents = stats.processEvents();
            this.delivered = stats.delivered();
            this.lost = stats.totalLost();
            this.filtered = stats.totalFiltered();
            this.wakeups = stats.wakeups();
            this.stashRefused = stats.stash().refused();
            this.stashEvicted = stats.stash().evicted();
        }
    }

    @Name("dev.unraced.CaptureStatistics")
    @Label("Capture Statistics")
    @Description("The statistics of a running capture")
    @Period("10 s")
    @StackTrace(false)
    static final class Statistics extends StatsEvent {
        @Label("Pending")
        final long pending;

        @Label("Stash Live")
        @Description("Threads in a watched call")
        final long stashLive;

        Statistics(long capture, String driver, String mitigation, CaptureStats stats) {
            super(capture, driver, mitigation, stats);
            this.pending = stats.pending();
            this.stashLive = stats.stash().live();
        }
    }

    @Name("dev.unraced.CaptureClose")
    @Label("Capture Close")
    @Description("A capture closed; its final statistics")
    static final class Close extends StatsEvent {
        @Label("Open For")
        @Timespan(Timespan.NANOSECONDS)
        final long openFor;

        Close(long capture, String driver, String mitigation, CaptureStats stats, long openFor) {
            super(capture, driver, mitigation, stats);
            this.openFor = openFor;
        }
    }

    @Name("dev.unraced.MitigationChange")
    @Label("Mitigation Change")
    @Description("The mode of a running capture was changed, by the code in the stack trace")
    static final class MitigationChange extends CaptureEvent {
        @Label("Before")
        final String before;

        @Label("After")
        final String after;

        MitigationChange(long capture, String driver, String before, String after) {
            super(capture, driver);
            this.before = before;
            this.after = after;
        }
    }
}
