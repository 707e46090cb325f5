// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the judge found of one run of a program, or of many. Not thread-safe. */
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

    /** Nobody knew what was true of a field. */
    void exclude(String field) {
        excluded.merge(field, 1L, Long::sum);
    }

    /** A flag named the field, so that it asserts nothing. */
    void mark(String flag) {
        marked.merge(flag, 1L, Long::sum);
    }

    void lie(Lie lie) {
        lies.add(lie);
    }

    /** Adds what was found of another run. */
    public void add(Verdict other) {
        acts += other.acts;
        judged += other.judged;
        assertions += other.assertions;
        testified += other.testified;
        other.excluded.forEach((field, count) -> excluded.merge(field, count, Long::sum));
        other.marked.forEach((flag, count) -> marked.merge(flag, count, Long::sum));
        lies.addAll(other.lies);
    }

    /** Watched calls that the acting program made. */
    public long acts() {
        return acts;
    }

    /** Acts that were compared with an event. */
    public long judgedActs() {
        return judged;
    }

    /** Acts of which the kernel's witness told the truth. */
    public long testifiedActs() {
        return testified;
    }

    /** Fields that were compared with the truth. */
    public long assertions() {
        return assertions;
    }

    /** Fields that were not compared since nobody knew the truth, by field. */
    public Map<String, Long> excluded() {
        return excluded;
    }

    /** Fields that were not compared since a flag names them, by flag. */
    public Map<String, Long> marked() {
        return marked;
    }

    /** All lies. */
    public List<Lie> lies() {
        return lies;
    }
}
