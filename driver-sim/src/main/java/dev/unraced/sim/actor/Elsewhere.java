// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Syscall;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Requests that a thread of the kernel's carries out in a mount namespace that their submitter has left. */
final class Elsewhere {
    private final Company company;
    private final Kernel kernel;

    Elsewhere(Company company) {
        this.company = company;
        this.kernel = company.kernel();
    }

    Answer play(CommandLine line) {
        if (!"worker".equals(line.text("how"))) {
            throw new RefusedException("unsupported: no simulated request waits for a " + line.text("how"));
        }
        byte[] a = line.bytes("a");
        byte[] b = line.bytes("b");
        Inode first = kernel.files().stat(company.main(), a).inode();
        Inode second = kernel.files().stat(company.main(), b).inode();
        StringBuilder truth = new StringBuilder();
        StringJoiner tids = new StringJoiner(",");
        StringJoiner resolved = new StringJoiner(",");
        StringJoiner submitted = new StringJoiner(",");
        int calls = line.integer("calls", 1);
        for (int i = 0; i < calls; i++) {
            Task child = company.fork();
            tids.add(Integer.toString(child.tid()));
            submitted.add(Long.toString(child.group().mountNamespace()));
            company.countBegun();
            Call request = kernel.submit(child, Syscall.OPENAT, true, Company.AT_FDCWD, Company.path(child, a), 0, 0);
            kernel.run(child);
            done(kernel.unshare(child));
            done(kernel.files().bindMount(child, b, a));
            finish(child, request);
            company.countEnded();
            resolved.add(Long.toString(request.namespace()));
            truth.append(letter(request.file(), first, second));
            company.end(child.group());
        }
        return new Answer()
                .with("tid", 0)
                .with("won", calls)
                .with("truth", truth)
                .with("tids", tids)
                .with("resolved", resolved)
                .with("submitted", submitted);
    }

    /** Lets the thread that has the request carry it out. */
    private void finish(Task child, Call request) {
        for (Task doer : child.group().tasks()) {
            if (doer.call() == request) {
                kernel.run(doer);
            }
        }
    }

    private static char letter(@Nullable OpenFile file, @Nullable Inode first, @Nullable Inode second) {
        if (file == null) {
            return 'x';
        }
        return file.inode() == first ? 'a' : file.inode() == second ? 'b' : 'x';
    }

    private static void done(int result) {
        if (result < 0) {
            throw new RefusedException("errno " + -result);
        }
    }
}
