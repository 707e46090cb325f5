// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineBufferTest {
    private final LineBuffer out = new LineBuffer(0);

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                9,
                10,
                99,
                100,
                101,
                12_345,
                1_000_000,
                999_999_999_999_999_999L,
                1_000_000_000_000_000_000L,
                -1,
                -10,
                Long.MAX_VALUE,
                Long.MIN_VALUE
            })
    void numbersAreWrittenInEveryBase(long value) {
        out.putDecimal(value)
                .put(' ')
                .putUnsigned(value)
                .put(' ')
                .putOctal(value)
                .put(' ')
                .putHex(value);

        assertThat(out)
                .hasToString(value + " " + Long.toUnsignedString(value) + " " + Long.toOctalString(value) + " "
                        + Long.toHexString(value));
    }

    @Test
    void paddedNumbersKeepTheirZeros() {
        assertThat(out.putPadded(42, 6)).hasToString("000042");
    }

    @Test
    void charactersAreCountedNotBytes() {
        out.put("ab").put("ä→".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(out.charactersFrom(2)).isEqualTo(2);
    }

    @Test
    void onlySpacesAtTheEndAreTrimmed() {
        out.put(" a ").putSpaces(3).trimEnd();

        assertThat(out).hasToString(" a");
    }
}
