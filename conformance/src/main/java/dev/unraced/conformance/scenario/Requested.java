// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CaptureStats;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Origin;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.OptionalLong;

/** Requests on an io_uring that are not submitted, or do not end, the usual way. */
public final class Requested {
    private Requested() {}

    /**
     * Has the actor make a request, and checks that it becomes one event, which has the argument. The event may name
     * any thread of the process, since a polled ring does not show which thread filled it.
     *
     * @param argument the path, or the address
     * @return the result that the actor got; the event may have another
     */
    public static long once(Scenario scenario, WatchedCall call, ByteString argument) {
        Outcome outcome = scenario.callUnobserved(call);
        onlyEvent(scenario, call, argument);
        return outcome.result();
    }

    /** As {@link #once}, and checks that the event has the result that the actor got. */
    public static void seen(Scenario scenario, WatchedCall call, ByteString argument) {
        Outcome outcome = scenario.callUnobserved(call);
        SyscallEvent event = onlyEvent(scenario, call, argument);
        Violation.unless(
                "R1.2", () -> assertThat(event.call().result()).as("%s", call).isEqualTo(outcome.result()));
    }

    /**
     * Has the actor make a request, and checks that it is one event or one counted loss, whatever else looks like its
     * end. An event must have the argument and the result.
     *
     * @param argument the path, or the address
     */
    public static void onceOrLost(Scenario scenario, WatchedCall call, ByteString argument) {
        onceOrLost(scenario, call, argument, OptionalLong.empty());
    }

    /** As the other method, for a request whose result the actor does not get. */
    public static void onceOrLost(Scenario scenario, WatchedCall call, ByteString argument, long result) {
        onceOrLost(scenario, call, argument, OptionalLong.of(result));
    }

    private static void onceOrLost(Scenario scenario, WatchedCall call, ByteString argument, OptionalLong result) {
        Accounted accounted = accounted(scenario, call, argument, 1);
        for (SyscallEvent event : accounted.events) {
            Violation.unless(
                    "R1.2",
                    () -> assertThat(event.call().result())
                            .as("%s", call)
                            .isEqualTo(result.orElse(accounted.outcome.result())));
        }
    }

    /**
     * Has the actor make several requests alike, and checks that they are as many events and counted losses. The events
     * must have the argument.
     *
     * @param argument the path
     */
    public static void accountedFor(Scenario scenario, WatchedCall call, ByteString argument, int requests) {
        accounted(scenario, call, argument, requests);
    }

    private static Accounted accounted(Scenario scenario, WatchedCall call, ByteString argument, int requests) {
        CaptureStats before = scenario.awaitRest();
        scenario.takeEvents();
        Outcome outcome = scenario.callUnobserved(call);
        CaptureStats after = scenario.awaitRest();
        Violation.unless(
                "R1.1",
                () -> assertThat(after.delivered() + after.totalLost())
                        .as("events and losses after %d more requests, %s: %s", requests, call, after)
                        .isEqualTo(before.delivered() + before.totalLost() + requests));
        List<SyscallEvent> events = scenario.takeEvents();
        for (SyscallEvent event : events) {
            Violation.unless(
                    "R1.14",
                    () -> assertThat(event.call().origin()).as("%s", call).isEqualTo(Origin.IO_URING));
            assertArgument(event, call, argument);
        }
        return new Accounted(outcome, events);
    }

    /** The outcome of requests, and the events that they became. */
    private record Accounted(Outcome outcome, List<SyscallEvent> events) {}

    private static void assertArgument(SyscallEvent event, WatchedCall call, ByteString argument) {
        String rule = event.call().result() < 0 ? "R3.1" : "R1.14";
        Violation.unless(
                rule, () -> assertThat(argumentOf(event)).as("%s", call).isEqualTo(argument));
    }

    private static ByteString argumentOf(SyscallEvent event) {
        return event instanceof OpenEvent open
                ? open.path().value()
                : ((ConnectEvent) event).address().value().bytes();
    }

    private static SyscallEvent onlyEvent(Scenario scenario, WatchedCall call, ByteString argument) {
        List<SyscallEvent> events = scenario.takeEvents();
        Violation.unless(
                "R1.1",
                () -> assertThat(events).as("events of one request, %s", call).hasSize(1));
        SyscallEvent event = events.get(0);
        Violation.unless(
                "R1.14", () -> assertThat(event.call().origin()).as("%s", call).isEqualTo(Origin.IO_URING));
        Violation.unless(
                "R1.14",
                () -> assertThat(event.caller().tgid())
                        .as("%s", call)
                        .isEqualTo(scenario.actor().tgid()));
        assertArgument(event, call, argument);
        return event;
    }
}
