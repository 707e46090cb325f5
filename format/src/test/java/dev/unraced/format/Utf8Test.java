// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    @Test
    void decodesExactlyWhatTheJdkDecodes() {
        Random random = new Random(2);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(4)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                for (int at = 1; at < bytes.length; at++) {
                    bytes[at] = (byte) ((bytes[at] & 0x3f) | 0x80);
                }
            }
            int point = Utf8.decode(bytes, 0, bytes.length);
            boolean whole = point >= 0 && Utf8.size(point) == bytes.length;

            assertThat(whole ? point : Utf8.MALFORMED).isEqualTo(single(bytes));
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 0x1b, 0x7f, 0x80, 0x9b, 0xa0, 0xad, 0x061c, 0x180e, 0x200b, 0x200e, 0x2028, 0x202e, 0x2066, 0x3000,
                0x3164, 0xe000, 0xfe0f, 0xfeff, 0xfff9, 0xffff, 0xe0041, 0x10ffff
            })
    void tricksAreNotPlain(int point) {
        assertThat(Utf8.isPlain(point)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {' ', 'a', '~', 0xe4, 0x0301, 0x4e2d, 0x1f600})
    void lettersMarksAndSymbolsArePlain(int point) {
        assertThat(Utf8.isPlain(point)).isTrue();
    }

    /** Returns the only code point in some bytes, as the JDK decodes it. */
    private static int single(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.codePointCount(0, text.length()) == 1 ? text.codePointAt(0) : Utf8.MALFORMED;
        } catch (CharacterCodingException e) {
            return Utf8.MALFORMED;
        }
    }
}
