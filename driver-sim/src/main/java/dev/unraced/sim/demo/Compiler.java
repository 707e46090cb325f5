// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimProcess;

/** A compiler, which looks for headers in several places and leaves its output in /tmp. */
final class Compiler {
    private static final long FLAGS = OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_TRUNC;

    private final Stage stage;

    Compiler(Stage stage) {
        this.stage = stage;
    }

    void compile() {
        SimProcess compiler = stage.process("cc1");
        stage.read(compiler, "/home/ada/src/main.c");
        String header = stage.any("stdio.h", "stdlib.h", "string.h", "errno.h");
        stage.read(compiler, "/usr/local/include/" + header);
        stage.read(compiler, "/usr/include/" + header);
        stage.make(compiler.thread().openat("/tmp/main-" + stage.number(4) + ".s", FLAGS, 0600));
        compiler.kill();
    }
}
