// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.event.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Starts of paths in the form that the module searches: sorted by bytes, and no start is the start of another. */
final class Prefixes {
    private Prefixes() {}

    /** Returns the fewest starts that let the same paths pass. */
    static List<ByteString> reduce(List<ByteString> starts) {
        List<ByteString> kept = new ArrayList<>();
        starts.stream()
                .sorted((left, right) -> Arrays.compareUnsigned(left.toByteArray(), right.toByteArray()))
                .filter(start -> kept.isEmpty() || !isStartOf(kept.get(kept.size() - 1), start))
                .forEach(kept::add);
        return kept;
    }

    /** Encodes an array of {@code struct unraced_prefix}. */
    static ByteBuffer encode(List<ByteString> starts) {
        ByteBuffer list = Device.memory(starts.size() * DeviceLayout.PREFIX_SIZE);
        int at = 0;
        for (ByteString start : starts) {
            list.putInt(at + DeviceLayout.PREFIX_LENGTH, start.length());
            list.put(at + DeviceLayout.PREFIX_BYTES, start.toByteArray());
            at += DeviceLayout.PREFIX_SIZE;
        }
        return list;
    }

    private static boolean isStartOf(ByteString start, ByteString whole) {
        return start.length() <= whole.length()
                && Arrays.equals(start.toByteArray(), Arrays.copyOf(whole.toByteArray(), start.length()));
    }
}
