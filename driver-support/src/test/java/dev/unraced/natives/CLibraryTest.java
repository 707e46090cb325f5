// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CLibraryTest {
    private static final Path COMPILER = Path.of("/usr/bin/musl-gcc");

    @Test
    void anotherLoaderIsNone() {
        assertThat(CLibrary.isMusl("7f00-7f01 r-xp 00000000 fe:00 99  /opt/ld-musl-tools/lib.so\n"))
                .isFalse();
    }

    @Test
    void alpinesNameCounts() {
        assertThat(CLibrary.isMusl(
                        "7f00-7f01 r-xp 00000000 fe:00 99  /lib/libc.musl-x86_64.so.1\n7f02-7f03 rw-p 0 0 0\n"))
                .isTrue();
    }

    @Test
    void aProcessOnMuslIsKnown(@TempDir Path directory) throws Exception {
        assumeTrue(Files.isExecutable(COMPILER), "no musl-gcc (Debian: musl-tools)");
        Path source = Files.writeString(directory.resolve("maps.c"), """
                #include <stdio.h>
                int main(void)
                {
                	FILE *maps = fopen("/proc/self/maps", "r");
                	for (int c; maps && (c = getc(maps)) != EOF;)
                		putchar(c);
                	return 0;
                }
                """);
        Path program = directory.resolve("maps");
        output(COMPILER.toString(), "-o", program.toString(), source.toString());

        assertThat(CLibrary.isMusl(output(program.toString()))).isTrue();
        assertThat(CLibrary.isMusl(output("/bin/cat", "/proc/self/maps"))).isFalse();
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
