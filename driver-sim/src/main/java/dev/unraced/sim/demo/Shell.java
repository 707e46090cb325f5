// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimProcess;

/** A user at a shell, who also mistypes, and tries files that she may not read. */
final class Shell {
    private final Stage stage;
    private final SimProcess shell;

    Shell(Stage stage) {
        this.stage = stage;
        this.shell = stage.process("bash");
        shell.thread().chdir("/home/ada");
    }

    void command() {
        String name = stage.any("cat", "cat", "ls", "grep", "vi");
        SimProcess command = shell.spawn(name);
        stage.read(command, "/etc/ld.so.cache");
        stage.read(command, "/usr/lib/libc.so.6");
        if (name.equals("ls")) {
            stage.make(command.thread().openat(stage.any(".", "src", "/etc"), OpenFlags.O_DIRECTORY, 0));
        } else {
            stage.read(command, stage.any("notes.txt", "src/main.c", "/etc/hosts", "note.txt", "/etc/shadow"));
        }
        command.kill();
    }
}
