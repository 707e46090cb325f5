// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    @Test
    void writesStretchesAsCounts() {
        assertThat(Schedule.of(0, 0, 0, 1, 0, 0)).hasToString("0*3 1 0*2");
        assertThat(Schedule.of()).hasToString("");
        assertThat(Schedule.of(0, 0, 0, 1, 0, 0).switches()).isEqualTo(2);
        assertThat(Schedule.of().switches()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "0*3 1 0*2", "12*40 3 12*2 0*20"})
    void readsBackWhatItWrites(String text) {
        assertThat(Schedule.parse(text))
                .hasToString(text)
                .isEqualTo(Schedule.of(Schedule.parse(text).toArray()));
    }

    @Test
    void readsAnySpacing() {
        assertThat(Schedule.parse(" 0*2   1\n0*1 0 ")).isEqualTo(Schedule.of(0, 0, 1, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "-1", "1*", "*2", "1*0", "1*-1", "1*2*3", "0*999999999", "0*9999999999", "0*1048576 1"})
    void refusesWhatIsNoSchedule(String text) {
        assertThatThrownBy(() -> Schedule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text.contains(" ") ? "1" : text);
    }

    @Test
    void doesNotChangeWithTheArraysThatItTakesAndGives() {
        int[] given = {0, 1};
        Schedule schedule = Schedule.of(given);
        given[0] = 1;
        schedule.toArray()[1] = 0;

        assertThat(schedule).isEqualTo(Schedule.of(0, 1)).hasSameHashCodeAs(Schedule.of(0, 1));
    }
}
