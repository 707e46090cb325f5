// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.libbpf;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.linux.Errno;
import dev.unraced.natives.LibC;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system in which the kernel describes itself, which need not be mounted. It is mounted detached, invisible to
 * all processes, until it is closed. Where that is not allowed, the places are used where it usually is mounted.
 */
public final class KernelFileSystem implements AutoCloseable {
    /** This number is the same on all machines: {@code include/uapi/asm-generic/unistd.h}. */
    private static final int SYS_FSOPEN = 430;

    private static final int SYS_FSCONFIG = 431;
    private static final int SYS_FSMOUNT = 432;
    private static final int CLOEXEC = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;

    private final List<Path> roots;
    private final int mount;

    private KernelFileSystem(String type, String... mounted) {
        this.mount = mountDetached(type);
        this.roots = mount < 0
                ? List.of(mounted).stream().map(Path::of).toList()
                : List.of(Path.of("/proc/self/fd/" + mount));
    }

    public static KernelFileSystem tracefs() {
        return new KernelFileSystem("tracefs", "/sys/kernel/tracing", "/sys/kernel/debug/tracing");
    }

    public static KernelFileSystem debugfs() {
        return new KernelFileSystem("debugfs", "/sys/kernel/debug");
    }

    /** Returns the directories in which the file system's root is, or may be. */
    public List<Path> roots() {
        return roots;
    }

    /** Returns the number by which perf_event_open(2) knows a tracepoint. */
    public long tracepoint(String category, String name) throws EbpfFailure {
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

    /** Returns whether tracefs says that the kernel's functions can be patched (CONFIG_DYNAMIC_FTRACE). */
    public boolean hasPatchableFunctions() {
        return roots.stream().anyMatch(root -> canOpen(root.resolve("available_filter_functions")));
    }

    /** Returns tracefs's list of the functions that are patched, each with marks; empty where it cannot be read. */
    public String patchedFunctions() {
        for (Path root : roots) {
            try {
                return Files.readString(root.resolve("enabled_functions"));
            } catch (IOException e) {
                // The next root may have it.
            }
        }
        return "";
    }

    /** Opens the file, since an access(2) check would ignore capabilities. */
    private static boolean canOpen(Path file) {
        try (InputStream opened = Files.newInputStream(file)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (mount >= 0) {
            LibC.close(mount);
        }
    }

    private static int mountDetached(String type) {
        int context;
        try (Memory name = new Memory(type.length() + 1L)) {
            name.setString(0, type);
            context = (int) LibC.syscall(SYS_FSOPEN, Pointer.nativeValue(name), CLOEXEC, 0, 0, 0);
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
