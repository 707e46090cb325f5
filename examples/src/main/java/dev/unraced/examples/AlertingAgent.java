// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Raises an alarm when an argument was rewritten while its call ran, which does not happen by accident. It also raises
 * one when events were lost, since the attack may be among them.
 */
public final class AlertingAgent implements EventHandler {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Capture capture;
    private final Consumer<String> alarm;
    private final Map<LossReason, Long> known = new EnumMap<>(LossReason.class);

    /** Makes an agent that reads a capture and reports alarms. The caller closes the capture. */
    public AlertingAgent(Capture capture, Consumer<String> alarm) {
        this.capture = capture;
        this.alarm = alarm;
    }

    /** Runs until the capture ends or the process does. */
    public static void main(String[] args) {
        try (Capture capture = Capture.open(CaptureConfig.load())) {
            AlertingAgent agent = new AlertingAgent(capture, System.out::println);
            while (!capture.isEnded()) {
                agent.look(LOOK_NANOS);
            }
        }
    }

    /** Reads the events that are there, and waits at most this many nanoseconds for one. */
    public void look(long timeoutNanos) {
        capture.await(this, 10_000, timeoutNanos);
        capture.stats().lost().forEach(this::lost);
    }

    @Override
    public void onEvent(EventView event) {
        if (event.path().integrity() == Integrity.CHANGED) {
            // The path may be harmless; what counts is the file behind it.
            alarm.accept(who(event) + " rewrote the path " + event.path() + " while it opened "
                    + (event.has(EventFlag.HAS_FILE) ? event.resolvedPath() : "something that failed"));
        } else if (event.address().integrity() == Integrity.CHANGED) {
            alarm.accept(who(event) + " rewrote an address while it connected");
        }
    }

    private void lost(LossReason reason, long total) {
        long before = known.getOrDefault(reason, 0L);
        if (total > before) {
            known.put(reason, total);
            alarm.accept((total - before) + " events were lost: " + reason);
        }
    }

    private static String who(EventView event) {
        return event.comm() + "[" + event.tgid() + "]";
    }
}
