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
    public static final AttackCounts NONE = new AttackCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, -1);

    /** Returns the sum of these and other counts. */
    public AttackCounts plus(AttackCounts other) {
        return new AttackCounts(
                attempts + other.attempts,
                wrong + other.wrong,
                flagged + other.flagged,
                falseMatches + other.falseMatches,
                wrongObjects + other.wrongObjects,
                matched + other.matched,
                changed + other.changed,
                differs + other.differs,
                marked + other.marked,
                won < 0 ? other.won : other.won < 0 ? won : won + other.won);
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
}
