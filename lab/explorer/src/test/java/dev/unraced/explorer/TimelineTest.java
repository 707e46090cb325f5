// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.explorer.TimelineRow.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TimelineTest {
    static final Timeline RACE = new Timeline(
            List.of("victim", "attacker"),
            List.of("openat, mitigation stash"),
            List.of(
                    new TimelineRow(0, "path = \"/etc/hosts\"", Kind.USER),
                    new TimelineRow(0, "openat(path)", Kind.ENTER),
                    new TimelineRow(0, "snapshot \"/etc/hosts\"", Kind.OBSERVER),
                    new TimelineRow(1, "path = \"/etc/shadow\"", Kind.ATTACK),
                    new TimelineRow(1, "after the snapshot, before the copy", Kind.NOTE),
                    new TimelineRow(0, "copies \"/etc/shadow\"", Kind.COPY),
                    new TimelineRow(1, "getpid()", Kind.USER),
                    new TimelineRow(0, "opens it", Kind.WORK),
                    new TimelineRow(0, "3", Kind.EXIT),
                    new TimelineRow(1, "sleeps", Kind.USER)),
            List.of("verdict: CHANGED"));

    @Test
    void drawsColumnsBarsMarksAndNotes() {
        assertThat(RACE.text(120, TextStyle.UTF_8)).isEqualTo("""
                        openat, mitigation stash

                            victim                   attacker
                          ───────────────────────  ──────────────────────
                            path = "/etc/hosts"
                          ┌ openat(path)
                          │ snapshot "/etc/hosts"
                        ! │                          path = "/etc/shadow"  after the snapshot, before the copy
                          │ copies "/etc/shadow"
                        ▸ │                          getpid()
                          │ opens it
                          └ 3
                                                     sleeps

                        verdict: CHANGED
                        """);
    }

    @Test
    void drawsWithAsciiOnlyInNarrowColumns() {
        assertThat(RACE.text(60, TextStyle.ASCII)).isEqualTo("""
                        openat, mitigation stash

                            victim              attacker
                          ------------------  ------------------
                            path =
                            "/etc/hosts"
                          + openat(path)
                          | snapshot
                          | "/etc/hosts"
                        ! |                     path =            after the
                          |                     "/etc/shadow"     snapshot, before
                          |                                       the copy
                          | copies
                          | "/etc/shadow"
                        > |                     getpid()
                          | opens it
                          + 3
                                                sleeps

                        verdict: CHANGED
                        """);
    }

    @Test
    void aCallThatDoesNotReturnLastsUntilTheEnd() {
        Timeline stuck = new Timeline(
                List.of("a", "b"),
                List.of(),
                List.of(
                        new TimelineRow(0, "begins", Kind.NOTE),
                        new TimelineRow(0, "open(fifo)", Kind.ENTER),
                        new TimelineRow(1, "open(fifo)", Kind.ENTER),
                        new TimelineRow(0, "waits", Kind.WORK),
                        new TimelineRow(1, "waits", Kind.WORK)),
                List.of());

        assertThat(stuck.text(80, TextStyle.ASCII)).isEqualTo("""
                            a             b
                          ------------  ------------
                                                      begins
                          + open(fifo)
                        > |             + open(fifo)
                        > | waits       |
                        > |             | waits
                        """);
    }

    @ParameterizedTest
    @EnumSource
    void escapesWhatWouldSteerATerminal(TextStyle style) {
        String hostile = "a\u001b[2J\nb\u202ec\ud800\u0085";
        Timeline timeline = new Timeline(
                List.of(hostile), List.of(hostile), List.of(new TimelineRow(0, hostile, Kind.USER)), List.of(hostile));

        String text = timeline.text(200, style);

        assertThat(text.lines()).hasSize(7);
        assertThat(text.codePoints().filter(c -> c != '\n'))
                .noneMatch(c -> Character.isISOControl(c) || c == 0x202e || c == 0xd800);
        assertThat(text).contains("a\\u{1b}[2J\\u{a}b\\u{202e}c\\u{d800}\\u{85}");
    }

    @Test
    void showsOtherScriptsUnlessAsciiIsAskedFor() {
        Timeline timeline = new Timeline(List.of("é"), List.of(), List.of(), List.of("文"));

        assertThat(timeline.text(40, TextStyle.UTF_8)).contains("é", "文");
        assertThat(timeline.text(40, TextStyle.ASCII)).contains("\\u{e9}", "\\u{6587}");
    }

    @ParameterizedTest
    @EnumSource
    void keepsToTheWidth(TextStyle style) {
        for (int width = 40; width < 130; width++) {
            int most = width;
            assertThat(RACE.text(width, style).lines())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(most));
        }
        assertThat(RACE.text(1, style)).contains("victim");
    }

    @Test
    void refusesRowsOfNobody() {
        List<TimelineRow> rows = List.of(new TimelineRow(1, "x", Kind.USER));

        assertThatThrownBy(() -> new Timeline(List.of("a"), List.of(), rows, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1");
        assertThatThrownBy(() -> new Timeline(List.of(), List.of(), List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
