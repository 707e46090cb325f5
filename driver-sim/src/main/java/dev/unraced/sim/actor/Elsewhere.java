// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Syscall;
import dev.unraced.linux.Errno;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.FileType;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;

/** Plays processes that leave a request's mount namespace, and paths under many mounts. */
final class Elsewhere extends Player {
    private static final int COMPONENTS = 200;

    private boolean isApart;

    Elsewhere(ActorProcesses processes) {
        super(processes);
    }

    Answer play(CommandLine line) {
        line.how("no simulated request waits for a ", "worker");
        if (line.has("name")) {
            throw new RefusedException("unsupported: no simulated worker connects elsewhere");
        }
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        long flags = line.number("flags", 0);
        Inode first = kernel.files().stat(main, a).inode();
        Inode second = kernel.files().stat(main, b).inode();
        Rounds rounds = new Rounds(processes, main);
        StringJoiner tids = new StringJoiner(",");
        StringJoiner resolved = new StringJoiner(",");
        StringJoiner submitted = new StringJoiner(",");
        int calls = line.integer("calls", 1);
        for (int i = 0; i < calls; i++) {
            Task child = processes.fork();
            tids.add(Integer.toString(child.tid()));
            submitted.add(Long.toString(child.group().mountNamespace()));
            processes.countBegun();
            Call request = kernel.submit(
                    child, Syscall.OPENAT, true, OpenFlags.AT_FDCWD, ActorProcesses.path(child, a), flags, 0);
            kernel.run(child);
            done(kernel.unshare(child));
            done(kernel.files().bindMount(child, b, a));
            finish(child, request);
            processes.countEnded();
            resolved.add(Long.toString(request.namespace()));
            if (request.result() == -Errno.ENXIO && first != null) {
                // Only the fifo fails so.
                rounds.took(first.type() == FileType.FIFO ? 'a' : 'b');
            } else {
                rounds.tookFile(request.file(), first, second);
            }
            processes.end(child.group());
        }
        return new Answer()
                .with("tid", 0)
                .with("won", calls)
                .with("truth", rounds.truth())
                .with("tids", tids)
                .with("resolved", resolved)
                .with("submitted", submitted);
    }

    /** Binds a file or directory over another, in a mount namespace of the main thread's own. */
    Answer mount(CommandLine line) {
        if (!isApart) {
            done(kernel.unshare(main));
            isApart = true;
        }
        return done(kernel.files().bindMount(main, line.bytes("from"), line.bytes("to")));
    }

    /** Opens a file at the end of a long path whose directories are covered by many mounts. */
    Answer storm(CommandLine line) {
        int mounts = line.integer("mounts", 1);
        int calls = line.integer("calls", 1);
        Task child = processes.fork();
        done(kernel.unshare(child));
        StringBuilder path = new StringBuilder(line.path("base"));
        List<byte[]> directories = new ArrayList<>();
        for (int i = 0; i < COMPONENTS; i++) {
            byte[] directory = bytes(path.append("/c").toString());
            done(kernel.files().makeDirectory(child, directory, 0755));
            directories.add(directory);
        }
        byte[] file = bytes(path.append("/f").toString());
        done(kernel.files().makeFile(child, file, 0644));
        long plain = opens(child, file, calls);
        Inode inode = Objects.requireNonNull(kernel.files().stat(child, file).inode());
        // The mounts begin at the top, since a mount hides the mounts below it.
        for (int i = 0; i < COMPONENTS; i++) {
            for (int count = i; count < mounts; count += COMPONENTS) {
                done(kernel.files().bindMount(child, directories.get(i), directories.get(i)));
            }
        }
        long most = opens(child, file, calls);
        Answer answer = ended(child);
        done(kernel.files().unlink(main, file));
        for (int i = COMPONENTS - 1; i >= 0; i--) {
            done(kernel.files().rmdir(main, directories.get(i)));
        }
        return answer.with("most", most).with("plain", plain).withFile(inode);
    }

    /** Returns the longest time of opens of a file. */
    private long opens(Task task, byte[] file, int calls) {
        long memory = ActorProcesses.path(task, file);
        long most = 0;
        for (int i = 0; i < calls; i++) {
            long begun = kernel.clock().now();
            processes.open(task, memory, 0, 0);
            most = Math.max(most, kernel.clock().now() - begun);
            done((int) task.lastResult());
            ActorProcesses.closeLast(task);
        }
        return most;
    }

    /** Runs the thread that carries the request. */
    private void finish(Task child, Call request) {
        for (Task doer : child.group().tasks()) {
            if (doer.call() == request) {
                kernel.run(doer);
            }
        }
    }
}
