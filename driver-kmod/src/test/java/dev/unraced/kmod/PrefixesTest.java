// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.event.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Compares the module's search among starts of paths with a plain one. */
class PrefixesTest {
    private static final int ROUNDS = 2_000;

    @Test
    void theModuleLetsPassWhatTheContractLetsPass() {
        Random random = new Random(5);
        int passed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<ByteString> starts = new ArrayList<>();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                starts.add(ByteString.copyOf(bytes(random, random.nextInt(1, 5))));
            }
            EventFilters filters =
                    new EventFilters(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), starts, ResultFilter.ALL);
            List<ByteString> reduced = Prefixes.reduce(starts);
            ByteBuffer list = Prefixes.encode(reduced);
            byte[] path = bytes(random, random.nextInt(7));
            ByteBuffer direct = Device.memory(path.length + 1).put(0, path);

            boolean passes = NativePrefixes.accepts(list, reduced.size(), direct, path.length);

            assertThat(passes).as("%s of %s", path, starts).isEqualTo(filters.acceptsPath(path, path.length));
            passed += passes ? 1 : 0;
        }
        assertThat(passed).isBetween(ROUNDS / 20, ROUNDS - ROUNDS / 20);
    }

    /** Draws from few different bytes, negative ones among them, so that paths often start alike. */
    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (random.nextBoolean() ? 'a' : 0xC3);
        }
        return bytes;
    }
}
