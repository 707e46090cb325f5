// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.event.ByteString;
import dev.unraced.sim.fs.FileTree;
import dev.unraced.sim.kernel.Kernel;
import java.util.function.ToIntFunction;

/**
 * The files of a simulated machine, made by root. At first there are /, /etc with passwd, hostname and shadow, /proc
 * and /tmp. Missing directories of a new file's path are made.
 */
public final class SimFiles {
    private final Kernel kernel;

    SimFiles(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Makes an empty file that all users may read. */
    public SimFiles file(String path) {
        return change(path, files -> files.makeFile(kernel.init(), parents(path), 0644));
    }

    public SimFiles directory(String path) {
        return change(path, files -> files.makeDirectory(kernel.init(), parents(path), 0755));
    }

    /** Makes a FIFO, whose readers wait for a writer. */
    public SimFiles fifo(String path) {
        return change(path, files -> files.makeFifo(kernel.init(), parents(path), 0644));
    }

    public SimFiles symlink(String target, String path) {
        return change(path, files -> files.symlink(kernel.init(), bytes(target), parents(path)));
    }

    public SimFiles link(String existing, String path) {
        return change(path, files -> files.link(kernel.init(), bytes(existing), parents(path)));
    }

    public SimFiles rename(String from, String to) {
        return change(to, files -> files.rename(kernel.init(), bytes(from), bytes(to)));
    }

    public SimFiles delete(String path) {
        return change(path, files -> files.unlink(kernel.init(), bytes(path)));
    }

    /** Sets permission bits, such as 0600. */
    public SimFiles permissions(String path, int mode) {
        return change(path, files -> files.chmod(kernel.init(), bytes(path), mode));
    }

    /** Shows a directory or file at another place too. */
    public SimFiles bind(String from, String to) {
        return change(to, files -> files.bindMount(kernel.init(), bytes(from), bytes(to)));
    }

    private byte[] parents(String path) {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            kernel.files().mkdirs(kernel.init(), bytes(path.substring(0, slash)));
        }
        return bytes(path);
    }

    private SimFiles change(String path, ToIntFunction<FileTree> change) {
        synchronized (kernel) {
            ErrorText.check(path, change.applyAsInt(kernel.files()));
        }
        return this;
    }

    private static byte[] bytes(String path) {
        return ByteString.utf8(path).toByteArray();
    }
}
