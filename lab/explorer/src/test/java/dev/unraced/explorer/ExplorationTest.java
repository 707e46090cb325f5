// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import static dev.unraced.explorer.Instruction.Op.ADD;
import static dev.unraced.explorer.Instruction.Op.DOWN;
import static dev.unraced.explorer.Instruction.Op.READ;
import static dev.unraced.explorer.Instruction.Op.UNLOCK;
import static dev.unraced.explorer.Instruction.Op.UP;
import static dev.unraced.explorer.Instruction.Op.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplorationTest {
    private static final Judge<ProgramWorld, String> STATE = (world, execution) -> world.state();

    @ParameterizedTest
    @CsvSource({"2, 5, 2, 150", "3, 3, 2, 60", "3, 3, 1, 60", "4, 2, 2, 60"})
    void runsEveryOrderOnce(int threads, int steps, int things, int worlds) {
        int stuck = 0;
        for (long seed = 0; seed < worlds; seed++) {
            Supplier<ProgramWorld> world = ProgramWorld.random(seed, threads, steps, things);
            Set<Schedule> schedules = new HashSet<>();

            ExplorationResult<String> all = Exploration.of(world).run((end, execution) -> {
                schedules.add(execution.schedule());
                return end.state();
            });

            assertThat(schedules).as("seed %d", seed).isEqualTo(orders(world));
            assertThat(all.executions()).as("seed %d", seed).isEqualTo(schedules.size());
            stuck += all.stuck() > 0 && all.stuck() < all.executions() ? 1 : 0;
        }
        assertThat(stuck).as("worlds that are stuck in some orders only").isPositive();
    }

    /** Returns all orders, found breadth first. */
    private static Set<Schedule> orders(Supplier<ProgramWorld> worlds) {
        Set<Schedule> ended = new HashSet<>();
        Deque<int[]> begun = new ArrayDeque<>(List.of(new int[0]));
        while (!begun.isEmpty()) {
            int[] choices = begun.remove();
            World world = worlds.get();
            for (int thread : choices) {
                world.step(thread);
            }
            boolean isOver = true;
            for (int thread = 0; thread < world.threads(); thread++) {
                if (world.isEnabled(thread)) {
                    isOver = false;
                    int[] longer = Arrays.copyOf(choices, choices.length + 1);
                    longer[choices.length] = thread;
                    begun.add(longer);
                }
            }
            if (isOver) {
                ended.add(Schedule.of(choices));
            }
        }
        return ended;
    }

    @Test
    void countsTheOrdersOfIndependentThreads() {
        Supplier<ProgramWorld> worlds = ProgramWorld.of(
                ProgramWorld.repeat(4, Instruction.of(WRITE, 0)), ProgramWorld.repeat(4, Instruction.of(WRITE, 1)));

        assertThat(Interleavings.count(worlds, 1000)).isEqualTo(new Interleavings(70, true));
    }

    @Test
    void runsWritersOfOneVariableInEveryOrder() {
        List<Instruction> writer = List.of(Instruction.of(WRITE, 0));

        ExplorationResult<Long> result = Exploration.of(ProgramWorld.of(writer, writer, writer, writer, writer))
                .run((world, execution) -> world.variable(0));

        assertThat(result.executions()).isEqualTo(120);
        assertThat(result.verdicts())
                .hasSize(5)
                .allSatisfy((last, count) -> assertThat(count).isEqualTo(24));
    }

    @Test
    void runsThreeAndFourStepsInAllThirtyFiveOrders() {
        Supplier<ProgramWorld> worlds = ProgramWorld.of(
                ProgramWorld.repeat(3, Instruction.of(ADD, 0)), ProgramWorld.repeat(4, Instruction.of(ADD, 0)));

        ExplorationResult<String> result = Exploration.of(worlds).run(STATE);

        assertThat(result.executions()).isEqualTo(35);
        assertThat(Interleavings.count(worlds, 35)).hasToString("35");
        assertThat(Interleavings.count(worlds, 34)).hasToString("more than 34");
    }

    @ParameterizedTest
    @CsvSource({"LOCK", "TRY_THEN_WAIT"})
    void findsTheOrderInWhichTwoLocksAreStuck(Instruction.Op lock) {
        Supplier<ProgramWorld> worlds = ProgramWorld.of(crossing(lock, 0, 1), crossing(lock, 1, 0));

        ExplorationResult<Boolean> result = Exploration.of(worlds).run((world, execution) -> execution.stuck());

        assertThat(result.verdicts()).containsOnlyKeys(true, false);
        assertThat(result.stuck()).isEqualTo(result.verdicts().get(true));
        Schedule stuck = result.examples().get(true);
        assertThat(Replay.run(worlds, stuck).execution().stuck()).isTrue();
        assertThat(result.examples().get(false)).hasToString("0*4 1*4");
    }

    private static List<Instruction> crossing(Instruction.Op lock, int first, int second) {
        return List.of(
                Instruction.of(lock, first),
                Instruction.of(lock, second),
                Instruction.of(UNLOCK, second),
                Instruction.of(UNLOCK, first));
    }

    @Test
    void judgesAWorldThatIsStuckFromTheStart() {
        ExplorationResult<Boolean> result = Exploration.of(ProgramWorld.of(List.of(Instruction.of(DOWN, 0))))
                .run((world, execution) -> execution.stuck());

        assertThat(result.verdicts()).containsExactly(Map.entry(true, 1L));
        assertThat(result.examples()).containsEntry(true, Schedule.of());
    }

    @Test
    void goesOnWithAThreadWhoseWaitAnotherThreadEnds() {
        Supplier<ProgramWorld> worlds = ProgramWorld.of(
                List.of(Instruction.of(DOWN, 0), Instruction.of(WRITE, 0)),
                List.of(Instruction.of(UP, 0), Instruction.of(WRITE, 0)),
                List.of(Instruction.of(UP, 0), Instruction.of(WRITE, 0)));

        ExplorationResult<Long> result = Exploration.of(worlds).run((world, execution) -> world.variable(0));

        assertThat(result.stuck()).isZero();
        assertThat(result.verdicts()).containsOnlyKeys(102L, 202L, 302L);
    }

    @Test
    void keepsTheExampleWithTheFewestSwitches() {
        Supplier<ProgramWorld> worlds = ProgramWorld.of(
                List.of(Instruction.of(READ, 0), Instruction.of(READ, 0)), List.of(Instruction.of(WRITE, 0)));

        ExplorationResult<String> result = Exploration.of(worlds).run(STATE);

        assertThat(result.examples().values())
                .extracting(Schedule::toString)
                .containsExactly("0*2 1", "0 1 0", "1 0*2");
    }

    @Test
    void writesNoLabels() {
        Object label = new Object() {
            @Override
            public String toString() {
                throw new AssertionError("nobody looked");
            }
        };
        Supplier<World> worlds = () -> new Countdown(thread -> new Step(thread, label), 2, 2);

        assertThat(Exploration.of(worlds).run((world, execution) -> 0).executions())
                .isEqualTo(6);
    }

    @Test
    void saysWhetherTheLimitEndedIt() {
        Supplier<ProgramWorld> worlds =
                ProgramWorld.of(List.of(Instruction.of(WRITE, 0)), List.of(Instruction.of(WRITE, 0)));
        Exploration<ProgramWorld> exploration = Exploration.of(worlds);

        assertThat(exploration.limit(1).run(STATE).limited()).isTrue();
        assertThat(exploration.limit(1).run(STATE).executions()).isOne();
        assertThat(exploration.limit(2).run(STATE).limited()).isFalse();
        assertThatThrownBy(() -> exploration.limit(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAWorldThatDoesNotEnd() {
        Step step = new Step(0, "spin");
        Supplier<World> worlds = () -> new Countdown(thread -> step, Integer.MAX_VALUE);

        assertThatThrownBy(() -> Exploration.of(worlds).run((world, execution) -> 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not end");
    }

    @Test
    void refusesAWorldThatDoesNotRepeatItself() {
        List<List<Instruction>> first = List.of(List.of(Instruction.of(WRITE, 0)), List.of(Instruction.of(WRITE, 0)));
        List<List<Instruction>> later = List.of(List.of(Instruction.of(WRITE, 0)), List.of());
        boolean[] made = {false};
        Supplier<ProgramWorld> worlds = () -> {
            List<List<Instruction>> programs = made[0] ? later : first;
            made[0] = true;
            return new ProgramWorld(programs);
        };

        assertThatThrownBy(() -> Exploration.of(worlds).run(STATE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not repeat itself");
    }

    /** A world of threads that make a number of steps each. */
    private static final class Countdown implements World {
        private final int[] left;
        private final IntFunction<Step> steps;

        Countdown(IntFunction<Step> steps, int... left) {
            this.left = left;
            this.steps = steps;
        }

        @Override
        public int threads() {
            return left.length;
        }

        @Override
        public boolean isEnabled(int thread) {
            return left[thread] > 0;
        }

        @Override
        public boolean isFinished(int thread) {
            return left[thread] == 0;
        }

        @Override
        public Step step(int thread) {
            left[thread]--;
            return steps.apply(thread);
        }
    }
}
