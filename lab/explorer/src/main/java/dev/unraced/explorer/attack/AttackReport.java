// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.explorer.Exploration;
import dev.unraced.explorer.ExplorationResult;
import dev.unraced.explorer.Interleavings;
import dev.unraced.explorer.Replay;
import dev.unraced.explorer.Schedule;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The effects of every interleaving of an attack on each observer. Immutable.
 *
 * @param interleavings the number of orders of its steps under off; the observer makes no steps, so the number is the
 *     same for all modes, unless its looks take steps
 * @param rows one for each mode, in the order of {@link Attack#modes()}
 */
public record AttackReport(Attack attack, Interleavings interleavings, List<Row> rows) {
    /** The most interleavings that are counted. */
    public static final long COUNTED = 20_000;

    /**
     * Orders outcomes by verdict; among equal verdicts, an event that hides something evil is worse than a false
     * accusation.
     */
    private static final Comparator<SimWorld.Outcome> MOST_TELLING =
            Comparator.comparing(SimWorld.Outcome::verdict).thenComparing(SimWorld.Outcome::hidden);

    public AttackReport {
        rows = List.copyOf(rows);
    }

    /**
     * The verdicts on one observer over all interleavings.
     *
     * @param executions how many there are
     * @param verdicts the number of executions for each verdict, best first
     * @param worst the worst of the verdicts
     * @param example the simplest schedule that leads to it
     */
    public record Row(Mode mode, long executions, Map<Verdict, Long> verdicts, Verdict worst, Schedule example) {
        public Row {
            verdicts = Collections.unmodifiableMap(new TreeMap<>(verdicts));
        }

        /** Returns the number of executions with a verdict. */
        public long count(Verdict verdict) {
            return verdicts.getOrDefault(verdict, 0L);
        }
    }

    /** Explores an attack under every mode; takes up to some seconds. */
    public static AttackReport of(Attack attack) {
        return new AttackReport(
                attack,
                Interleavings.count(attack.worlds(Mode.OFF), COUNTED),
                attack.modes().stream().map(mode -> explore(attack, mode)).toList());
    }

    /** The row of a mode, which must be one of the attack's. */
    public Row row(Mode mode) {
        return rows.stream().filter(row -> row.mode() == mode).findFirst().orElseThrow();
    }

    /** Returns the mode that shows the attack best: stash when it is fooled, else a naive one, else off. */
    public Mode shown() {
        List<Mode> preferred = List.of(Mode.STASH, Mode.NAIVE, Mode.OFF);
        return preferred.stream()
                .filter(attack.modes()::contains)
                .filter(mode -> row(mode).worst().compareTo(Verdict.FOOLED) >= 0)
                .findFirst()
                .orElse(Mode.STASH);
    }

    /**
     * Returns a schedule that shows a mode: one with its worst verdict. A mode without bad verdicts takes the schedule
     * of the mode that shows the attack best. The observer makes no steps, so a schedule fits all modes.
     */
    public Schedule execution(Mode mode) {
        return row(row(mode).worst() == Verdict.TRUE ? shown() : mode).example();
    }

    /** Returns the text of the event that the attack is about in {@link #execution}; empty when there is none. */
    public String says(Mode mode) {
        Mode judged = row(mode).worst() == Verdict.TRUE ? shown() : mode;
        Schedule schedule = execution(mode);
        List<EventJudge.Finding> verdicts = findings(judged, schedule);
        List<EventJudge.Finding> events = judged == mode ? verdicts : findings(mode, schedule);
        return IntStream.range(0, verdicts.size())
                .filter(i -> verdicts.get(i).verdict() == row(judged).worst())
                .mapToObj(i -> events.get(i).event())
                .filter(Objects::nonNull)
                .map(event -> String.join(", ", Words.event(event)))
                .findFirst()
                .orElse("");
    }

    private List<EventJudge.Finding> findings(Mode mode, Schedule schedule) {
        return Replay.run(attack.describedWorlds(mode), schedule).world().findings();
    }

    private static Row explore(Attack attack, Mode mode) {
        ExplorationResult<SimWorld.Outcome> result =
                Exploration.of(attack.worlds(mode)).run((world, execution) -> world.outcome());
        SimWorld.Outcome worst = Collections.max(result.examples().keySet(), MOST_TELLING);
        Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
        result.verdicts().forEach((outcome, count) -> verdicts.merge(outcome.verdict(), count, Long::sum));
        Schedule example = Objects.requireNonNull(result.examples().get(worst));
        return new Row(mode, result.executions(), verdicts, worst.verdict(), example);
    }
}
