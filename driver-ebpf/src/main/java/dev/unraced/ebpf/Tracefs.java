// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.ebpf.EbpfFailure.Step;
import dev.unraced.linux.Errno;
import dev.unraced.machine.DetachedMount;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the numbers of tracepoints from tracefs. */
final class Tracefs implements AutoCloseable {
    private static final List<Path> MOUNTED =
            List.of(Path.of("/sys/kernel/tracing"), Path.of("/sys/kernel/debug/tracing"));

    private final DetachedMount mount;

    private Tracefs(DetachedMount mount) {
        this.mount = mount;
    }

    static Tracefs open() {
        return new Tracefs(DetachedMount.of("tracefs", MOUNTED));
    }

    /** Returns the number by which perf_event_open(2) knows a tracepoint. */
    long id(String category, String name) throws EbpfFailure {
        boolean present = false;
        for (Path root : mount.roots()) {
            // The file is read without an access(2) check, which uses the real user and ignores capabilities.
            try {
                return Long.parseLong(Files.readString(root.resolve("events")
                                .resolve(category)
                                .resolve(name)
                                .resolve("id"))
                        .strip());
            } catch (AccessDeniedException e) {
                throw new EbpfFailure(Step.FIND_TRACEPOINT, Errno.EACCES, "tracefs is closed to this process");
            } catch (IOException | NumberFormatException e) {
                present |= Files.isDirectory(root.resolve("events"));
            }
        }
        throw present
                ? new EbpfFailure(Step.FIND_TRACEPOINT, Errno.ENOENT, "tracepoint " + category + ":" + name)
                : new EbpfFailure(Step.FIND_TRACEPOINT, Errno.EPERM, "tracefs is neither mounted nor mountable");
    }

    /** Returns whether the kernel was built so that its functions can be patched (CONFIG_DYNAMIC_FTRACE). */
    boolean hasPatchableFunctions() {
        return mount.roots().stream().anyMatch(root -> Files.exists(root.resolve("available_filter_functions")));
    }

    @Override
    public void close() {
        mount.close();
    }
}
