// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static dev.unraced.explorer.attack.Moves.openat;
import static dev.unraced.explorer.attack.Moves.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.explorer.Judge;
import dev.unraced.explorer.Minimizer;
import dev.unraced.explorer.RandomSearch;
import dev.unraced.explorer.RandomSearchResult;
import dev.unraced.explorer.Replay;
import dev.unraced.explorer.Schedule;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import dev.unraced.stash.StashPolicy;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A scenario with more orders than a search can try: three callers, two attackers, a reused id, a small stash. */
class CrowdSearchTest {
    private static final long SEED = 20;
    private static final Attack CROWD =
            Attack.of("crowd", "many at once", "", CrowdSearchTest::stage).stash(StashPolicy.LRU, 2);

    private static final Judge<SimWorld, Verdict> VERDICT = (world, execution) -> world.verdict();

    private static void stage(Scene scene) {
        Task task = scene.process("crowd");
        long path = scene.buffer(task, "/tmp/harmless");
        Task mortal = scene.thread(task);
        int id = mortal.tid();
        scene.caller("first", task).then(openat("path", path)).then(openat("path", path));
        scene.caller("second", scene.thread(task)).then(openat("path", path)).then(openat("path", path));
        scene.caller("mortal", mortal).then(openat("path", path));
        Script heir = scene.caller("heir", null).then(openat("path", path));
        scene.attacker("flipper", scene.thread(task))
                .then(write("path", path, "/tmp/evil"))
                .then(write("path", path, "/tmp/harmless"))
                .then(write("path", path, "/tmp/evil"))
                .then(write("path", path, "/tmp/harmless"));
        scene.attacker("killer", scene.thread(task))
                .then(Action.user("kills", (kernel, self) -> kernel.signal(mortal, Signal.VANISH)))
                .then(Action.user(
                                "starts another",
                                (kernel, self) ->
                                        heir.become(Objects.requireNonNull(kernel.threadAs(task.group(), id))))
                        .when((kernel, self) -> kernel.task(id) == null));
    }

    @Test
    void aSearchFindsAFooledObserverAndTheMinimizerKeepsItFooled() {
        RandomSearchResult<Verdict> found = RandomSearch.of(CROWD.worlds(Mode.STASH))
                .seed(SEED)
                .executions(5000)
                .runUntil(VERDICT, verdict -> verdict == Verdict.FOOLED);

        RandomSearchResult.Example example =
                Objects.requireNonNull(found.examples().get(Verdict.FOOLED));
        Schedule simple = Minimizer.minimize(CROWD.worlds(Mode.STASH), VERDICT, example.schedule());

        assertThat(verdict(Mode.STASH, simple)).isEqualTo(Verdict.FOOLED);
        assertThat(simple.switches()).isLessThan(example.schedule().switches());
        // A flip that fools the observer takes four switches; the others keep the remaining threads out of its way.
        assertThat(simple.switches()).isLessThanOrEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource(names = {"STASH", "KERNEL"})
    void noObserverEverLies(Mode mode) {
        assertThat(RandomSearch.of(CROWD.worlds(mode))
                        .seed(SEED)
                        .executions(3000)
                        .run(VERDICT)
                        .verdicts())
                .doesNotContainKey(Verdict.LIED);
    }

    @Test
    void theKernelsCopyIsNeverFooled() {
        assertThat(RandomSearch.of(CROWD.worlds(Mode.KERNEL))
                        .seed(SEED)
                        .executions(3000)
                        .priorities(4)
                        .run(VERDICT)
                        .verdicts())
                .doesNotContainKeys(Verdict.FOOLED, Verdict.LIED);
    }

    private static Verdict verdict(Mode mode, Schedule schedule) {
        return Replay.run(CROWD.worlds(mode), schedule).world().verdict();
    }
}
