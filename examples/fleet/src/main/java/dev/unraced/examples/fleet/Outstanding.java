// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples.fleet;

import java.util.Map;
import java.util.TreeMap;

/**
 * The numbers of one source's events that have not come yet. An event whose number is far behind is that of a capture
 * that began anew, and so are the numbers from there on. Immutable; its text is what the store keeps.
 *
 * @param next the number behind the largest that came; 0 before the first one
 * @param missing the smaller numbers that have not come, as ranges: the last number by the first one
 * @param justLost how many numbers were given up by the last event
 */
record Outstanding(long next, TreeMap<Long, Long> missing, long justLost) {
    /** The count of later numbers after which a missing one is given up. */
    static final int PATIENCE = 10_000;

    static Outstanding of(String text) {
        TreeMap<Long, Long> missing = new TreeMap<>();
        if (text.isEmpty()) {
            return new Outstanding(0, missing, 0);
        }
        String[] parts = text.split(" ", -1);
        for (int i = 2; i < parts.length; i += 2) {
            missing.put(Long.parseLong(parts[i]), Long.parseLong(parts[i + 1]));
        }
        return new Outstanding(Long.parseLong(parts[0]), missing, Long.parseLong(parts[1]));
    }

    Outstanding with(long number) {
        if (next == 0 || number < next - 2L * PATIENCE) {
            return new Outstanding(number + 1, new TreeMap<>(), 0);
        }
        TreeMap<Long, Long> left = new TreeMap<>(missing);
        if (number > next) {
            left.put(next, number - 1);
        } else {
            remove(left, number);
        }
        long end = Math.max(next, number + 1);
        return new Outstanding(end, left, giveUp(left, end - PATIENCE));
    }

    /** Takes a number out of the range that it is in, which leaves the parts before and behind it. */
    private static void remove(TreeMap<Long, Long> ranges, long number) {
        Map.Entry<Long, Long> range = ranges.floorEntry(number);
        if (range == null || range.getValue() < number) {
            return;
        }
        ranges.remove(range.getKey());
        if (range.getKey() < number) {
            ranges.put(range.getKey(), number - 1);
        }
        if (number < range.getValue()) {
            ranges.put(number + 1, range.getValue());
        }
    }

    /** Takes out all numbers below a bound, and returns how many there were. */
    private static long giveUp(TreeMap<Long, Long> ranges, long bound) {
        long lost = 0;
        while (!ranges.isEmpty() && ranges.firstKey() < bound) {
            Map.Entry<Long, Long> range = ranges.pollFirstEntry();
            long last = Math.min(range.getValue(), bound - 1);
            lost += last - range.getKey() + 1;
            if (last < range.getValue()) {
                ranges.put(bound, range.getValue());
            }
        }
        return lost;
    }

    String toText() {
        StringBuilder text = new StringBuilder().append(next).append(' ').append(justLost);
        missing.forEach(
                (first, last) -> text.append(' ').append(first).append(' ').append(last));
        return text.toString();
    }
}
