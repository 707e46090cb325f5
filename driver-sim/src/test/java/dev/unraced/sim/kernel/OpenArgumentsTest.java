// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.linux.Errno;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenArgumentsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0",
        "0102, 0644, 0, 0",
        "0, 0644, 0, 22",
        "0100, 010000, 0, 22",
        "010000000, 0, 0, 0",
        "010000002, 0, 0, 22",
        "020200002, 0600, 0, 0",
        "020200000, 0600, 0, 22",
        "020000002, 0600, 0, 22",
        "0200100, 0, 0, 22",
        "0, 0, 077, 22",
        "0, 0, 030, 22",
        "0, 0, 0100, 22",
        "04000000000000000, 0, 0, 22",
    })
    void refusesWhatTheKernelRefuses(String flags, String mode, String resolve, int error) {
        assertThat(OpenArguments.check(octal(flags), octal(mode), octal(resolve)))
                .isEqualTo(error);
        assertThat(error).isIn(0, Errno.EINVAL);
    }

    @ParameterizedTest
    @CsvSource({"037777777777, 010600000", "0102, 0102", "020000000000, 0"})
    void theOlderCallsIgnoreWhatTheyDoNotKnow(String flags, String taken) {
        long valid = OpenArguments.flagsOfOldCall(octal(flags)) & ~02000000L;
        assertThat(valid).isEqualTo(octal(taken));
    }

    private static long octal(String text) {
        return Long.parseLong(text, 8);
    }
}
