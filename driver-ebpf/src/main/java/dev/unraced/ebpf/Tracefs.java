// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.unraced.ebpf.EbpfFailure.Step;
import dev.unraced.linux.Errno;
import dev.unraced.natives.LibC;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the numbers of tracepoints from tracefs, without needing it mounted. It mounts tracefs detached, invisible to
 * all processes, until it is closed. Where that is not allowed, it uses a mounted tracefs.
 */
final class Tracefs implements AutoCloseable {
    /** This number is the same on all machines: {@code include/uapi/asm-generic/unistd.h}. */
    private static final int SYS_FSOPEN = 430;

    private static final int SYS_FSCONFIG = 431;
    private static final int SYS_FSMOUNT = 432;
    private static final int CLOEXEC = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final List<Path> MOUNTED =
            List.of(Path.of("/sys/kernel/tracing"), Path.of("/sys/kernel/debug/tracing"));

    private final List<Path> roots;
    private final int mount;

    private Tracefs(List<Path> roots, int mount) {
        this.roots = roots;
        this.mount = mount;
    }

    static Tracefs open() {
        int mount = mountDetached();
        return mount < 0 ? new Tracefs(MOUNTED, mount) : new Tracefs(List.of(Path.of("/proc/self/fd/" + mount)), mount);
    }

    /** Returns the number by which perf_event_open(2) knows a tracepoint. */
    long id(String category, String name) throws EbpfFailure {
        boolean present = false;
        for (Path root : roots) {
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

    @Override
    public void close() {
        if (mount >= 0) {
            LibC.close(mount);
        }
    }

    private static int mountDetached() {
        int context;
        try (Memory type = new Memory(8)) {
            type.setString(0, "tracefs");
            context = (int) LibC.syscall(SYS_FSOPEN, Pointer.nativeValue(type), CLOEXEC, 0, 0, 0);
        }
        if (context < 0) {
            return -1;
        }
        try {
            if (LibC.syscall(SYS_FSCONFIG, context, FSCONFIG_CMD_CREATE, 0, 0, 0) != 0) {
                return -1;
            }
            return (int) LibC.syscall(SYS_FSMOUNT, context, CLOEXEC, 0, 0, 0);
        } finally {
            LibC.close(context);
        }
    }
}
