// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.event.ByteString;
import dev.unraced.sim.kernel.Kernel;

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
        synchronized (kernel) {
            return make(path, kernel.files().makeFile(kernel.init(), parents(path), 0644));
        }
    }

    public SimFiles directory(String path) {
        synchronized (kernel) {
            return make(path, kernel.files().makeDirectory(kernel.init(), parents(path), 0755));
        }
    }

    /** Makes a FIFO, whose readers wait for a writer. */
    public SimFiles fifo(String path) {
        synchronized (kernel) {
            return make(path, kernel.files().makeFifo(kernel.init(), parents(path), 0644));
        }
    }

    public SimFiles symlink(String target, String path) {
        synchronized (kernel) {
            return make(path, kernel.files().symlink(kernel.init(), bytes(target), parents(path)));
        }
    }

    public SimFiles link(String existing, String path) {
        synchronized (kernel) {
            return make(path, kernel.files().link(kernel.init(), bytes(existing), parents(path)));
        }
    }

    public SimFiles rename(String from, String to) {
        synchronized (kernel) {
            return make(to, kernel.files().rename(kernel.init(), bytes(from), bytes(to)));
        }
    }

    public SimFiles delete(String path) {
        synchronized (kernel) {
            return make(path, kernel.files().unlink(kernel.init(), bytes(path)));
        }
    }

    /** Sets permission bits, such as 0600. */
    public SimFiles permissions(String path, int mode) {
        synchronized (kernel) {
            return make(path, kernel.files().chmod(kernel.init(), bytes(path), mode));
        }
    }

    /** Shows a directory or file at another place too. */
    public SimFiles bind(String from, String to) {
        synchronized (kernel) {
            return make(to, kernel.files().bindMount(kernel.init(), bytes(from), bytes(to)));
        }
    }

    private byte[] parents(String path) {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            kernel.files().mkdirs(kernel.init(), bytes(path.substring(0, slash)));
        }
        return bytes(path);
    }

    private SimFiles make(String path, int result) {
        if (result < 0) {
            throw new IllegalArgumentException(path + ": " + ErrorText.of(-result));
        }
        return this;
    }

    private static byte[] bytes(String path) {
        return ByteString.utf8(path).toByteArray();
    }
}
