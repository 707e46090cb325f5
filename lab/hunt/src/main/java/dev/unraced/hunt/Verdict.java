// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The findings of the judge about one run of a program, or about many. Not thread-safe. */
public final class Verdict {
    private long acts;
    private long judged;
    private long assertions;
    private long testified;
    private final Map<String, Long> excluded = new TreeMap<>();
    private final Map<String, Long> marked = new TreeMap<>();
    private final List<Lie> lies = new ArrayList<>();

    void act() {
        acts++;
    }

    void judged() {
        judged++;
    }

    void testify() {
        testified++;
    }

    void asserted() {
        assertions++;
    }

    /** Counts a field or an act that was not compared, by field or reason. */
    void exclude(String field) {
        excluded.merge(field, 1L, Long::sum);
    }

    /** Counts a field that asserts nothing, because a flag names it. */
    void mark(String flag) {
        marked.merge(flag, 1L, Long::sum);
    }

    void lie(Lie lie) {
        lies.add(lie);
    }

    /** Takes back all lies of a run whose log cannot be trusted, and counts them by the reason. */
    void withdraw(String reason) {
        excluded.merge(reason, Math.max(1L, lies.size()), Long::sum);
        lies.clear();
    }

    /** Adds the findings of another run. */
    public void add(Verdict other) {
        acts += other.acts;
        judged += other.judged;
        assertions += other.assertions;
        testified += other.testified;
        other.excluded.forEach((field, count) -> excluded.merge(field, count, Long::sum));
        other.marked.forEach((flag, count) -> marked.merge(flag, count, Long::sum));
        lies.addAll(other.lies);
    }

    /** Returns the number of watched calls that the acting program made. */
    public long acts() {
        return acts;
    }

    /** Returns the number of acts that were compared with an event. */
    public long judgedActs() {
        return judged;
    }

    /** Returns the number of acts whose outcome the kernel's witness gave. */
    public long testifiedActs() {
        return testified;
    }

    /** Returns the number of fields that were compared with what the kernel did. */
    public long assertions() {
        return assertions;
    }

    /** Returns the counts of fields and acts that were not compared, by field or reason. */
    public Map<String, Long> excluded() {
        return excluded;
    }

    /** Returns the counts of fields that were not compared because a flag names them, by flag. */
    public Map<String, Long> marked() {
        return marked;
    }

    /** Returns all lies. */
    public List<Lie> lies() {
        return lies;
    }
}
