// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import static dev.unraced.event.Sockaddr.AF_NETLINK;
import static dev.unraced.linux.OpenFlags.O_CLOEXEC;

import dev.unraced.event.Syscall;
import dev.unraced.linux.Errno;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.FileTree;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.InodeOrError;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Network;
import dev.unraced.sim.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * Files, sockets and other places for the calls to act on. None of these commands makes a watched call, except for
 * traps and tracers.
 */
final class Fixtures extends Player {
    private final Handles handles;

    Fixtures(ActorProcesses processes, Handles handles) {
        super(processes);
        this.handles = handles;
    }

    /** Carries a command out; returns null when the command is unknown here. */
    @Nullable
    Answer command(CommandLine line) {
        FileTree files = kernel.files();
        Network network = kernel.network();
        return switch (line.verb()) {
            case "file" -> done(files.makeFile(main, line.bytes("path"), 0644));
            case "fifo" -> done(files.makeFifo(main, line.bytes("path"), 0644));
            case "mkdir" -> done(files.makeDirectory(main, line.bytes("path"), 0755));
            case "rmdir" -> done(files.rmdir(main, line.bytes("path")));
            case "unlink" -> done(files.unlink(main, line.bytes("path")));
            case "chdir" -> done(files.chdir(main, line.bytes("path")));
            case "symlink" -> done(files.symlink(main, line.bytes("from"), line.bytes("to")));
            case "link" -> done(files.link(main, line.bytes("from"), line.bytes("to")));
            case "rename" -> done(files.rename(main, line.bytes("from"), line.bytes("to")));
            case "stat" -> stat(line);
            case "socket" -> socket(line);
            case "bind" ->
                done(network.bind(main, socketOf(line), line.has("address") ? line.bytes("address") : new byte[0]));
            case "listen" -> done(network.listen(socketOf(line), line.integer("backlog", 16)));
            case "accept" -> accept(line);
            case "names" -> names(line);
            case "device" -> done(() -> network.bindToDevice(socketOf(line), line.integer("index", 0)));
            case "close" -> done(() -> handles.close(line.integer("id", -1)));
            case "comm" -> done(() -> main.comm(line.bytes("name")));
            case "user" -> done(() -> main.group().realUser(line.number("id", 0)));
            case "tree" -> tree(line);
            case "elsewhere" -> elsewhere();
            case "trapped" -> trapped(line);
            case "traced" -> traced(line);
            case "thread" -> thread(line);
            case "subgroup" -> subgroup(line.path("name"));
            default -> null;
        };
    }

    private Answer stat(CommandLine line) {
        InodeOrError found = kernel.files().stat(main, line.bytes("path"));
        Inode inode = found.inode();
        if (inode == null) {
            throw new RefusedException("errno " + found.error());
        }
        return new Answer().withFile(inode);
    }

    private Answer socket(CommandLine line) {
        if (line.integer("family", 2) == AF_NETLINK) {
            throw new RefusedException("unsupported: the simulated kernel has no netlink");
        }
        Socket socket = made(kernel.network()
                .socket(line.integer("family", 2), line.integer("type", 1), line.integer("protocol", 0)));
        socket.nonblocking(line.number("nonblock", 0) != 0);
        int fd = main.group().descriptors().add(kernel.files().socketFile(socket));
        handles.put(line.integer("id", 0), fd);
        return new Answer().with("fd", fd);
    }

    private Answer accept(CommandLine line) {
        return keep(line, kernel.files().socketFile(made(kernel.network().accept(socketOf(line)))));
    }

    private Answer names(CommandLine line) {
        return new Answer().withNames(kernel.network(), socketOf(line));
    }

    private Socket socketOf(CommandLine line) {
        return socketOf(handles.get(line.text("fd"), -1));
    }

    private Answer tree(CommandLine line) {
        return keep(line, opened(kernel.files().openTree(main, line.bytes("path"))));
    }

    private Answer keep(CommandLine line, OpenFile file) {
        return done(() ->
                handles.put(line.integer("keep", 0), main.group().descriptors().add(file)));
    }

    private Answer elsewhere() {
        Task child = processes.fork();
        done(kernel.files().unshare(child));
        return new Answer().with("pid", child.tgid());
    }

    private Answer trapped(CommandLine line) {
        Task child = processes.fork();
        child.group().trap(Syscall.OPENAT);
        processes.open(child, line.bytes("path"), 0, 0);
        return ended(child);
    }

    /**
     * Makes the protocol's three calls. The first two enter as openats of {@code taken}. The third enters as a getppid,
     * which is no watched call, so the simulated kernel has no step for it.
     */
    private Answer traced(CommandLine line) {
        Task child = processes.fork();
        long[] openat = {OpenFlags.AT_FDCWD, ActorProcesses.path(child, line.bytes("passed")), 0, 0};
        long[] getppid = {0, 0, 0, 0};
        long[][] passed = {openat, getppid};
        for (int i = 0; i < passed.length; i++) {
            long taken = ActorProcesses.path(child, line.bytes("taken"));
            processes.countBegun();
            kernel.beginRewritten(
                    child, Syscall.OPENAT, passed[i], OpenFlags.AT_FDCWD, taken, O_CLOEXEC, line.number("tag", 0) + i);
            processes.run(child);
        }
        return ended(child);
    }

    private Answer subgroup(String name) {
        main.group().cgroup(kernel.cgroups().make(main.group().cgroupId(), name));
        return new Answer();
    }

    private Answer thread(CommandLine line) {
        Task task = kernel.task(line.integer("tid", 0));
        if (task == null) {
            throw new RefusedException("errno " + Errno.ESRCH);
        }
        Answer answer = new Answer()
                .with("start", task.startNanos())
                .with("tick", 1)
                .with("parent", task.group().parentTgid())
                .with("mount", task.group().mountNamespace())
                .with("pid", task.group().pidNamespace())
                .with("cgroup", task.group().cgroupId())
                .with(
                        "terminal",
                        task.group().terminal().major() + ":"
                                + task.group().terminal().minor())
                .with("cgroup-path", kernel.cgroups().path(task.group().cgroupId()));
        byte[] container = task.group().containerId();
        return container.length == 0 ? answer : answer.withBytes("container", container);
    }
}
