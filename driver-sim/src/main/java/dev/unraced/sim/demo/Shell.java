// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimProcess;

/** A user at a shell, who also mistypes, and tries files that she may not read. */
final class Shell {
    private final SceneOperations operations;
    private final SimProcess shell;

    Shell(SceneOperations operations) {
        this.operations = operations;
        this.shell = operations.process("bash");
        shell.thread().chdir("/home/ada");
    }

    void command() {
        String name = operations.any("cat", "cat", "ls", "grep", "vi");
        SimProcess command = shell.spawn(name);
        operations.read(command, "/etc/ld.so.cache");
        operations.read(command, "/usr/lib/libc.so.6");
        if (name.equals("ls")) {
            operations.make(command.thread().openat(operations.any(".", "src", "/etc"), OpenFlags.O_DIRECTORY, 0));
        } else {
            operations.read(
                    command, operations.any("notes.txt", "src/main.c", "/etc/hosts", "note.txt", "/etc/shadow"));
        }
        command.kill();
    }
}
