// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an attack came to under one mode, in numbers of calls.
 *
 * @param attempts calls that were attacked and judged
 * @param wrong events whose argument is not the one that the kernel took
 * @param flagged wrong ones that say so: CHANGED, DIFFERS, or a flag such as FAULTED
 * @param falseMatches events that say MATCH, or that they have the kernel's own copy, and are wrong; has to be 0
 * @param wrongTruths successful calls whose event does not have the file or the peer that they reached; has to be 0
 * @param matched events that say MATCH
 * @param changed events that say CHANGED
 * @param differs events that say DIFFERS
 * @param marked events without the file or the peer that was reached, or with another one, that say so by a flag
 * @param won rounds in which the attacker came in between; -1 when that is not the attack's way
 */
public record AttackCounts(
        long attempts,
        long wrong,
        long flagged,
        long falseMatches,
        long wrongTruths,
        long matched,
        long changed,
        long differs,
        long marked,
        long won) {

    /** Of no attack. */
    public static final AttackCounts NONE = new AttackCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, -1);

    /** The sum of two. */
    public AttackCounts plus(AttackCounts other) {
        return new AttackCounts(
                attempts + other.attempts,
                wrong + other.wrong,
                flagged + other.flagged,
                falseMatches + other.falseMatches,
                wrongTruths + other.wrongTruths,
                matched + other.matched,
                changed + other.changed,
                differs + other.differs,
                marked + other.marked,
                won < 0 ? other.won : other.won < 0 ? won : won + other.won);
    }

    /** Events whose argument is the one that the kernel took. */
    public long truthful() {
        return attempts - wrong;
    }

    /** Events that assert what is not so, without the flag that says it may not be; has to be 0. */
    public long lies() {
        return falseMatches + wrongTruths;
    }

    /** The figures that are not 0, in words: {@code 200 calls, 198 won, 12 marked}. */
    String toText() {
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

    /** Wrong events that nothing sets apart from true ones. */
    public long silent() {
        return wrong - flagged;
    }
}
