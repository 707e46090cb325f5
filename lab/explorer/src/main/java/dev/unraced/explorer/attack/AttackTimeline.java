// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.explorer.Replay;
import dev.unraced.explorer.Schedule;
import dev.unraced.explorer.Step;
import dev.unraced.explorer.Timeline;
import dev.unraced.explorer.TimelineRow;
import java.util.ArrayList;
import java.util.List;

/** Tells the course of one execution of an attack. */
public final class AttackTimeline {
    private AttackTimeline() {}

    /**
     * Runs an attack by a schedule and tells its course.
     *
     * @throws IllegalArgumentException when the attack has no such mode
     */
    public static Timeline of(Attack attack, Mode mode, Schedule schedule) {
        Replay<SimWorld> replay = Replay.run(attack.describedWorlds(mode), schedule);
        List<TimelineRow> rows = new ArrayList<>();
        for (Step step : replay.execution().steps()) {
            rows.addAll(((SimWorld.Label) step.label()).rows());
        }
        List<String> names = replay.world().scripts().stream().map(Script::name).toList();
        return new Timeline(
                names,
                List.of(attack.name() + ", mode " + mode.label() + ": " + attack.title()),
                rows,
                List.of(conclusion(replay.world().verdict())));
    }

    private static String conclusion(Verdict verdict) {
        return verdict + ": "
                + switch (verdict) {
                    case TRUE -> "the events say what the kernel did.";
                    case WARNED -> "an event does not say what the kernel did, but it says that it may be wrong.";
                    case FOOLED ->
                        "an event does not say what the kernel did, and has no warning (EXIT or UNCHECKED alone is none).";
                    case LIED -> "an event does not say what the kernel did, and says that it does.";
                };
    }
}
