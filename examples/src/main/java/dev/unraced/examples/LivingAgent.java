// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.Gap;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Lives with a capture for months: it goes on after a handler that threw, opens a new capture when one fails, and
 * reports everything that the handler did not see.
 */
public final class LivingAgent {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final EventHandler handler;
    private final Consumer<String> alarm;
    private final Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
    private List<CallerLosses> heaviest = List.of();
    private int gaps;

    /** Makes an agent that hands events over, and reports alarms. */
    public LivingAgent(EventHandler handler, Consumer<String> alarm) {
        this.handler = handler;
        this.alarm = alarm;
    }

    /** Runs until the thread is interrupted, or a recording has ended. */
    public static void main(String[] args) throws InterruptedException {
        CaptureConfig config = CaptureConfig.load();
        new LivingAgent(event -> {}, System.out::println).run(() -> Capture.open(config));
    }

    /** Consumes captures, one after the other, until one ends in order or the thread is interrupted. */
    public void run(Supplier<Capture> open) throws InterruptedException {
        boolean ended = false;
        while (!ended && !Thread.currentThread().isInterrupted()) {
            try (Capture capture = open.get()) {
                ended = consume(capture);
            } catch (CaptureException e) { // no driver can run, or the source failed
                alarm.accept("nothing is watched: " + e.getMessage());
                Thread.sleep(SECOND.toMillis());
            }
        }
    }

    private boolean consume(Capture capture) {
        lost.clear(); // a new capture counts from 0
        heaviest = List.of();
        gaps = 0;
        try {
            while (!capture.isEnded() && !Thread.currentThread().isInterrupted()) {
                capture.await(this::handle, 10_000, SECOND);
                report(capture);
            }
            return capture.isEnded();
        } finally {
            capture.close(); // what nobody has read is lost now, as CLOSED
            report(capture);
        }
    }

    /** An exception that left this method would end the reading, and with it the agent. */
    private void handle(EventView event) {
        try {
            handler.onEvent(event);
        } catch (RuntimeException e) {
            alarm.accept("the handler failed at event " + event.source() + "/" + event.sequence() + ": " + e);
        }
    }

    /** Reports losses by reason and by user, and times that nobody counted, since the last look. */
    private void report(Capture capture) {
        CaptureStats stats = capture.stats();
        stats.lost().forEach((reason, total) -> {
            long before = lost.getOrDefault(reason, 0L);
            if (total > before) {
                lost.put(reason, total);
                alarm.accept((total - before) + " events were lost: " + reason);
            }
        });
        CallerLosses.since(heaviest, stats.heaviest())
                .forEach(caller -> alarm.accept(caller.lost() + " of them were user " + caller.uid() + "'s"));
        heaviest = stats.heaviest();
        List<Gap> all = capture.gaps().stream().filter(Gap::ended).toList();
        for (Gap gap : all.subList(Math.min(gaps, all.size()), all.size())) {
            alarm.accept("nobody watched for " + Duration.ofNanos(gap.nanos()));
        }
        gaps = all.size();
    }

    /**
     * Finds the folder of a cgroup, whose name a container's runtime chose. It goes with the container, so look soon,
     * and remember the answer.
     *
     * @param root the v2 hierarchy, {@code /sys/fs/cgroup}
     * @param id the {@code cgroupId()} of an event, which is the inode number of the folder
     */
    public static Optional<Path> cgroup(Path root, long id) throws IOException {
        try (Stream<Path> folders = Files.walk(root)) {
            return folders.filter(folder -> inode(folder) == id).findFirst();
        } catch (UncheckedIOException e) {
            return Optional.empty(); // a folder went away meanwhile
        }
    }

    private static long inode(Path folder) {
        try {
            return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    ? (long) Files.getAttribute(folder, "unix:ino")
                    : -1;
        } catch (IOException e) {
            return -1;
        }
    }
}
