// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.event.SyscallEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Runs programs against a capture, and judges each run. Not thread-safe. */
public final class Hunt implements AutoCloseable {
    private static final long PATIENCE_NANOS = 2_000_000_000L;
    private static final long PAUSE_MILLIS = 2;

    private final Capture capture;
    private final Hunter hunter;
    private final EventLog events;
    private final Optional<Witness> witness;
    private static final int SETTLE_PAUSES = 10;

    private CaptureStats before;
    private long cut;
    private ActLog ran = new ActLog();

    /** Takes over the capture, which {@link #close} closes. */
    public Hunt(Capture capture) {
        this.capture = capture;
        this.hunter = Hunter.start();
        this.events = new EventLog(capture);
        this.witness = Witness.start();
        this.before = capture.stats();
    }

    /** Runs the program of a seed. */
    public Verdict run(long seed, Set<Kind> kinds) {
        return run(Generator.program(seed, kinds));
    }

    /**
     * Runs a program that was saved.
     *
     * @param text its text, as {@link #text} or {@link #shrink} gave it
     */
    public Verdict run(String text) {
        return run(Program.parse(text));
    }

    /** Returns the text of a seed's program. */
    public static String text(long seed, Set<Kind> kinds) {
        return Generator.program(seed, kinds).text();
    }

    /**
     * Looks for the shortest program that still shows a lie.
     *
     * @param text a program that showed it
     * @param lie the lie
     * @param repeats number of runs of each shorter program
     * @param patience longest time to go on
     * @return the program and what happened in it; empty when it does not show the lie again
     */
    public Optional<Shortest> shrink(String text, Lie lie, int repeats, Duration patience) {
        ActLog[] last = new ActLog[1];
        Shrinker shrinker = new Shrinker(
                program -> {
                    Verdict verdict = run(program);
                    if (verdict.lies().stream().anyMatch(each -> each.kind().equals(lie.kind()))) {
                        last[0] = ran;
                    }
                    return verdict;
                },
                lie.kind(),
                repeats,
                patience.toNanos());
        return shrinker.shrink(Program.parse(text))
                .map(shrunk -> new Shortest(shrunk.program().text(), shrunk.lie(), Timeline.of(last[0], shrunk.lie())));
    }

    /**
     * The shortest program that shows a lie.
     *
     * @param program its text
     * @param lie the lie
     * @param timeline what happened around it, line by line
     */
    public record Shortest(String program, Lie lie, String timeline) {}

    private Verdict run(Program program) {
        ActLog log = hunter.run(program);
        ran = log;
        if (!log.failure().isEmpty()) {
            throw new HuntException("The acting program could not begin: " + log.failure());
        }
        if (log.isCut()) {
            cut++;
        }
        witness.ifPresent(each -> each.testify(log));
        long until = System.nanoTime() + PATIENCE_NANOS;
        Verdict verdict = judge(log, await(log, until));
        // The capture may take back a loss that it counted ahead, and a late event may prove the loss wrong.
        for (int i = 0; i < SETTLE_PAUSES && dropped() > 0 && pause(); i++) {
            verdict = judge(log, events.of(log.tgids()));
        }
        // An interrupted call has several events, so the number of events does not prove that all are there.
        while (verdict.lies().stream().anyMatch(Lie::isMissing) && System.nanoTime() < until && pause()) {
            verdict = judge(log, events.of(log.tgids()));
        }
        before = capture.stats();
        events.clear();
        return verdict;
    }

    private Verdict judge(ActLog log, List<SyscallEvent> own) {
        return Judge.judge(log, own, events.processes(), losses(), dropped());
    }

    /** A loss that was counted ahead in an earlier run can be taken back in this one. */
    private long losses() {
        return Math.max(0, capture.stats().totalLost() - before.totalLost());
    }

    private long dropped() {
        long now = capture.stats().lost().getOrDefault(LossReason.SOURCE_DROPPED, 0L);
        return Math.max(0, now - before.lost().getOrDefault(LossReason.SOURCE_DROPPED, 0L));
    }

    /** Returns the number of records for which the witness had no room; empty without a witness. */
    public OptionalLong missedByWitness() {
        return witness.map(each -> OptionalLong.of(each.missed())).orElse(OptionalLong.empty());
    }

    /** Returns the number of programs that were cut, most of them because they did not end in time. */
    public long cutPrograms() {
        return cut;
    }

    /** Waits until each act that ran has an event or a loss; events missing after that are missing for good. */
    private List<SyscallEvent> await(ActLog log, long until) {
        List<SyscallEvent> own = events.of(log.tgids());
        while (Judge.unanswered(log, own) > losses() && System.nanoTime() < until && pause()) {
            own = events.of(log.tgids());
        }
        return own;
    }

    /** Pauses briefly, and returns whether the hunt may go on. */
    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Closes the capture, and returns how its accounts fail to balance; empty if they balance. */
    public Optional<String> balance() {
        close();
        CaptureStats stats = capture.stats();
        if (stats.imbalance() != 0) {
            return Optional.of("the capture's accounts do not balance by " + stats.imbalance() + ": " + stats);
        }
        return stats.stash().imbalance() == 0
                ? Optional.empty()
                : Optional.of("the stash's accounts do not balance by "
                        + stats.stash().imbalance() + ": " + stats.stash());
    }

    @Override
    public void close() {
        events.close();
        witness.ifPresent(Witness::close);
        hunter.close();
        capture.close();
    }
}
