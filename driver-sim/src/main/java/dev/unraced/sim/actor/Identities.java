// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.ByteString;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.linux.Errno;
import dev.unraced.linux.OpenFlags;
import dev.unraced.process.Terminal;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.kernel.Program;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Plays threads that take over another thread's id, by reuse, exec and vfork, and a thread whose last sibling ends. */
final class Identities extends Player {
    private static final String PROGRAM = "/usr/bin/unraced-actor";

    Identities(ActorProcesses processes) {
        super(processes);
        ByteString itself = ByteString.utf8(PROGRAM);
        Program program = new Program(itself, null, itself, programFile(bytes(PROGRAM)), ByteString.EMPTY);
        kernel.endExec(main, main.comm(), program, main.group().effectiveUid());
    }

    Answer reuse(CommandLine line) {
        long tag = line.number("tag", 1);
        int rounds = line.integer("rounds", 1);
        List<String> tids = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            Task first = processes.fork();
            processes.open(first, line.bytes("path"), 0, 0);
            processes.kill(first);
            Task second = processes.forkAs(first.tid());
            processes.open(second, line.bytes("other"), 0, tag + i);
            tids.add(Integer.toString(second.tid()));
            processes.end(second.group());
        }
        return new Answer().with("rounds", rounds).with("tids", String.join(",", tids));
    }

    /** A thread blocks in an open; the exec of a second thread kills it, and takes over its id. */
    Answer exec(CommandLine line) {
        Task first = processes.fork();
        Task second = kernel.thread(first.group());
        processes.open(first, line.bytes("path"), 0, 0);
        kernel.beginExec(second, processes.random().nextBoolean() ? Signal.KILL : Signal.VANISH);
        kernel.run(first);
        kernel.endExec(second, second.comm());
        processes.open(second, line.bytes("other"), 0, line.number("tag", 1));
        return ended(second);
    }

    /** In each round a child ends with all its threads. */
    Answer endedAtOnce(CommandLine line) {
        List<String> tgids = new ArrayList<>();
        for (int i = 0; i < line.integer("rounds", 1); i++) {
            Task child = processes.fork();
            for (int j = 0; j < line.integer("threads", 1); j++) {
                kernel.thread(child.group());
            }
            processes.end(child.group());
            tgids.add(Integer.toString(child.tgid()));
        }
        return new Answer().with("tgids", String.join(",", tgids));
    }

    /** A child opens a path, executes the actor's program, and this opens another path and ends. */
    Answer program(CommandLine line) {
        long tag = line.number("tag", 1);
        ByteString script = line.has("script") ? ByteString.copyOf(line.bytes("script")) : null;
        long begun = kernel.clock().now();
        String path = line.has("copy") ? line.path("copy") : PROGRAM;
        Inode file = programFile(bytes(path));
        String name = script == null ? "unraced-actor" : path;
        String first = script == null ? "-" : line.path("script");
        byte[] arguments =
                bytes(String.join("\0", name, "after-program", first, line.path("other"), Long.toString(tag), ""));
        ByteString program = ByteString.utf8(path);
        ByteString asked = script == null ? program : script;
        ByteString interpreter = script == null ? null : program;
        Task child = processes.fork();
        Terminal terminal = "own".equals(line.text("terminal")) ? new Terminal(true, 136, 3) : Terminal.NONE;
        child.group().terminal(terminal);
        String device = terminal.major() + ":" + terminal.minor();
        processes.open(child, line.bytes("path"), 0, tag);
        Task executing = line.has("thread") ? kernel.thread(child.group()) : child;
        if (line.has("fails")) {
            kernel.failExec(executing, ExecCall.EXECVE, line.bytes("fails"), 0, Errno.ENOENT);
            kernel.failExec(
                    executing, ExecCall.EXECVEAT, line.bytes("fails"), OpenFlags.AT_SYMLINK_NOFOLLOW, Errno.ENOENT);
        }
        long before = child.group().effectiveUid();
        kernel.beginExec(executing, Signal.KILL);
        kernel.endExec(
                executing,
                executing.comm(),
                new Program(asked, interpreter, program, file, ByteString.copyOf(arguments)),
                before + (line.has("raises") ? 1 : 0));
        processes.open(executing, line.bytes("other"), 0, tag + 1);
        kernel.exit(executing, (int) (tag % 100));
        Answer answer = new Answer()
                .with("tgid", child.group().tgid())
                .with("status", child.group().exitStatus())
                .with("begun", begun)
                .with("ended", kernel.clock().now())
                .withFile(file)
                .with("deleted", 0)
                .withBytes("real", bytes(path))
                .withBytes("asked", asked.toByteArray())
                .withBytes("arguments", arguments)
                .with("euid_before", before)
                .with("egid_before", child.group().gid())
                .with("capabilities_before", 0)
                .with("terminal", device)
                .with("witness", device);
        return interpreter == null ? answer : answer.withBytes("interpreter", interpreter.toByteArray());
    }

    private Inode programFile(byte[] path) {
        kernel.files().mkdirs(kernel.init(), bytes("/usr/bin"));
        kernel.files().makeFile(kernel.init(), path, 0755);
        return Objects.requireNonNull(kernel.files().stat(kernel.init(), path).inode());
    }

    /** The child's second thread, which shares its descriptors, ends while the first waits in an open. */
    Answer left(CommandLine line) {
        byte[] fifo = line.bytes("path");
        long tag = line.number("tag", 1);
        Task child = processes.fork();
        Task second = kernel.thread(child.group());
        processes.open(child, fifo, 0, tag);
        kernel.exit(second);
        processes.open(main, fifo, OpenFlags.O_WRONLY, tag + 1);
        processes.run(child);
        ActorProcesses.closeLast(main);
        return ended(child);
    }

    /** The child opens and executes in its parent's memory, while the parent waits. */
    Answer vfork(CommandLine line) {
        long tag = line.number("tag", 1);
        long memory = ActorProcesses.path(main, line.bytes("path"));
        processes.open(main, memory, 0, tag);
        Task child = processes.vfork();
        child.group().memory().write(memory, terminated(line.bytes("child")));
        processes.open(child, memory, 0, tag + 1);
        kernel.beginExec(child, Signal.KILL);
        kernel.endExec(child, child.comm());
        processes.open(child, line.bytes("program"), 0, tag + 2);
        processes.open(main, memory, 0, tag + 3);
        processes.end(child.group());
        return new Answer().with("tid", main.tid()).with("child", child.tid());
    }
}
