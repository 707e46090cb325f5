// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import java.util.Arrays;
import java.util.Random;

/** Changes real frames into frames that no sentry would send. */
final class Mutator {
    private Mutator() {}

    static byte[] mutate(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int i = 1 + random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                case 4 -> bytes = inserted(bytes, at, random);
                default -> bytes = without(bytes, at, random.nextInt(8));
            }
        }
        return bytes;
    }

    private static byte[] inserted(byte[] bytes, int at, Random random) {
        byte[] more = new byte[1 + random.nextInt(8)];
        random.nextBytes(more);
        byte[] all = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(bytes, at, all, at + more.length, bytes.length - at);
        System.arraycopy(more, 0, all, at, more.length);
        return all;
    }

    private static byte[] without(byte[] bytes, int at, int count) {
        int end = Math.min(bytes.length, at + count);
        byte[] all = Arrays.copyOf(bytes, bytes.length - (end - at));
        System.arraycopy(bytes, end, all, at, bytes.length - end);
        return all;
    }
}
