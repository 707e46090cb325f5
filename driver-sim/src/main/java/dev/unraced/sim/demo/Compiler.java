// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimProcess;

/** A compiler, which looks for headers in several places and leaves its output in /tmp. */
final class Compiler {
    private static final long FLAGS = OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_TRUNC;

    private final SceneOperations operations;

    Compiler(SceneOperations operations) {
        this.operations = operations;
    }

    void compile() {
        SimProcess compiler = operations.process("cc1");
        operations.read(compiler, "/home/ada/src/main.c");
        String header = operations.any("stdio.h", "stdlib.h", "string.h", "errno.h");
        operations.read(compiler, "/usr/local/include/" + header);
        operations.read(compiler, "/usr/include/" + header);
        operations.make(compiler.thread().openat("/tmp/main-" + operations.number(4) + ".s", FLAGS, 0600));
        compiler.kill();
    }
}
