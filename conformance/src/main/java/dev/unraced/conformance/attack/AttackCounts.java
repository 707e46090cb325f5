// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers of calls and events that an attack had under one mode.
 *
 * @param attempts calls that were attacked and judged
 * @param wrong events whose argument is not the argument that the kernel took
 * @param flagged wrong events that say so: CHANGED, DIFFERS, or a flag such as FAULTED
 * @param falseMatches wrong events that say MATCH, or that they have the kernel's own copy; has to be 0
 * @param wrongObjects successful calls whose event does not have the file or the peer that they reached; has to be 0
 * @param matched events that say MATCH
 * @param changed events that say CHANGED
 * @param differs events that say DIFFERS
 * @param marked events that lack the file or the peer that was reached, or have another, and say so by a flag
 * @param won rounds in which the attacker acted during the call; -1 for attacks without a race
 */
public record AttackCounts(
        long attempts,
        long wrong,
        long flagged,
        long falseMatches,
        long wrongObjects,
        long matched,
        long changed,
        long differs,
        long marked,
        long won) {

    /** The counts before any attack. */
    public static final AttackCounts NONE = builder().build();

    /** Returns the sum of these and other counts. */
    public AttackCounts plus(AttackCounts other) {
        return builder()
                .attempts(attempts + other.attempts)
                .wrong(wrong + other.wrong)
                .flagged(flagged + other.flagged)
                .falseMatches(falseMatches + other.falseMatches)
                .wrongObjects(wrongObjects + other.wrongObjects)
                .matched(matched + other.matched)
                .changed(changed + other.changed)
                .differs(differs + other.differs)
                .marked(marked + other.marked)
                .won(won < 0 ? other.won : other.won < 0 ? won : won + other.won)
                .build();
    }

    /** Returns the number of events whose argument is the argument that the kernel took. */
    public long correct() {
        return attempts - wrong;
    }

    /** Returns the number of events with a false assertion and no flag that qualifies it; has to be 0. */
    public long lies() {
        return falseMatches + wrongObjects;
    }

    /** Returns the figures that are not 0, in words: {@code 200 calls, 198 won, 12 marked}. */
    public String toText() {
        StringBuilder text = new StringBuilder().append(attempts).append(" calls");
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("won", won);
        figures.put("wrong", wrong);
        figures.put("of these flagged", flagged);
        figures.put("lies", lies());
        figures.put("marked", marked);
        figures.put("MATCH", matched);
        figures.put("CHANGED", changed);
        figures.put("DIFFERS", differs);
        figures.forEach((what, count) -> {
            if (count > 0) {
                text.append(", ").append(count).append(' ').append(what);
            }
        });
        return text.toString();
    }

    /** Returns the number of wrong events that nothing sets apart from true ones. */
    public long silent() {
        return wrong - flagged;
    }

    /** Returns a builder of counts in which every number is 0, and no race was run. */
    public static Builder builder() {
        return new Builder();
    }

    /** Names each number, as the constructor does not. Not thread-safe. */
    public static final class Builder {
        private long attempts;
        private long wrong;
        private long flagged;
        private long falseMatches;
        private long wrongObjects;
        private long matched;
        private long changed;
        private long differs;
        private long marked;
        private long won = -1;

        private Builder() {}

        public Builder attempts(long value) {
            attempts = value;
            return this;
        }

        public Builder wrong(long value) {
            wrong = value;
            return this;
        }

        public Builder flagged(long value) {
            flagged = value;
            return this;
        }

        public Builder falseMatches(long value) {
            falseMatches = value;
            return this;
        }

        public Builder wrongObjects(long value) {
            wrongObjects = value;
            return this;
        }

        public Builder matched(long value) {
            matched = value;
            return this;
        }

        public Builder changed(long value) {
            changed = value;
            return this;
        }

        public Builder differs(long value) {
            differs = value;
            return this;
        }

        public Builder marked(long value) {
            marked = value;
            return this;
        }

        public Builder won(long value) {
            won = value;
            return this;
        }

        public AttackCounts build() {
            return new AttackCounts(
                    attempts, wrong, flagged, falseMatches, wrongObjects, matched, changed, differs, marked, won);
        }
    }
}
