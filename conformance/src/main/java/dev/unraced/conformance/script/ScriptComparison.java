// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.script;

import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.event.Capability;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The comparison of two runs of one script. */
public final class ScriptComparison {

    private ScriptComparison() {}

    /**
     * Returns the differences of two runs in what both drivers declare to report.
     *
     * @return one line for each difference; none when the runs are equal
     * @throws IllegalArgumentException when the runs are not of the same script
     */
    public static List<String> differences(ScriptRun one, Capabilities ofOne, ScriptRun other, Capabilities ofOther) {
        if (!one.script().equals(other.script())) {
            throw new IllegalArgumentException("runs of " + one.script() + " and of " + other.script());
        }
        CommonGround ground =
                new CommonGround(common(ofOne, ofOther), Scenario.usual(ofOne) == Scenario.usual(ofOther));
        List<SyscallEvent> left = ground.reduce(one.events());
        List<SyscallEvent> right = ground.reduce(other.events());
        TreeSet<Integer> threads = new TreeSet<>();
        left.forEach(event -> threads.add(event.caller().tid()));
        right.forEach(event -> threads.add(event.caller().tid()));
        List<String> differences = new ArrayList<>();
        for (int thread : threads) {
            compare(differences, thread, one.driver(), of(left, thread), other.driver(), of(right, thread));
        }
        return differences;
    }

    private static void compare(
            List<String> differences,
            int thread,
            String nameOfOne,
            List<SyscallEvent> one,
            String nameOfOther,
            List<SyscallEvent> other) {
        for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
            String left = i < one.size() ? one.get(i).toString() : "no event";
            String right = i < other.size() ? other.get(i).toString() : "no event";
            if (!left.equals(right)) {
                differences.add("thread %d, event %d:%n  %s: %s%n  %s: %s"
                        .formatted(thread, i + 1, nameOfOne, left, nameOfOther, right));
            }
        }
    }

    private static List<SyscallEvent> of(List<SyscallEvent> events, int thread) {
        return events.stream().filter(event -> event.caller().tid() == thread).toList();
    }

    private static Capabilities common(Capabilities one, Capabilities other) {
        Capabilities common = Capabilities.complete();
        for (Capability capability : Capabilities.all()) {
            if (!one.has(capability) || !other.has(capability)) {
                common = common.without(capability, "one of the two lacks it");
            }
        }
        return common;
    }
}
