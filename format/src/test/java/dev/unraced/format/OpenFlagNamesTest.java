// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenFlagNamesTest {

    @Test
    void fourBitsDependOnTheArchitecture() {
        assertThat(text(OpenFlagNames.X86, 0200000)).isEqualTo("O_RDONLY|O_DIRECTORY");
        assertThat(text(OpenFlagNames.ARM64, 040000)).isEqualTo("O_RDONLY|O_DIRECTORY");
        assertThat(text(OpenFlagNames.X86, 0400000)).isEqualTo("O_RDONLY|O_NOFOLLOW");
        assertThat(text(OpenFlagNames.ARM64, 0100000)).isEqualTo("O_RDONLY|O_NOFOLLOW");
        assertThat(text(OpenFlagNames.X86, 040000)).isEqualTo("O_RDONLY|O_DIRECT");
        assertThat(text(OpenFlagNames.ARM64, 0200000)).isEqualTo("O_RDONLY|O_DIRECT");
        assertThat(text(OpenFlagNames.X86, 0100000)).isEqualTo("O_RDONLY|O_LARGEFILE");
        assertThat(text(OpenFlagNames.ARM64, 0400000)).isEqualTo("O_RDONLY|O_LARGEFILE");
    }

    @Test
    void compositesAreNamedOnce() {
        assertThat(text(OpenFlagNames.X86, 04010001)).isEqualTo("O_WRONLY|O_SYNC");
        assertThat(text(OpenFlagNames.X86, 010001)).isEqualTo("O_WRONLY|O_DSYNC");
        assertThat(text(OpenFlagNames.X86, 020200002)).isEqualTo("O_RDWR|O_TMPFILE");
        assertThat(text(OpenFlagNames.ARM64, 020040002)).isEqualTo("O_RDWR|O_TMPFILE");
    }

    @Test
    void unknownBitsAreNotLost() {
        assertThat(text(OpenFlagNames.X86, 0x8000_0000_0000_0003L)).isEqualTo("O_ACCMODE|0x8000000000000000");
    }

    private static String text(OpenFlagNames names, long flags) {
        LineBuffer out = new LineBuffer(16);
        names.text(out, flags, 0);
        return out.toString();
    }
}
