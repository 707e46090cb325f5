// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.unraced.natives.LibC;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system of the kernel's own, which need not be mounted. It is mounted detached, invisible to all processes,
 * until it is closed. Where that is not allowed, the places are used where it usually is mounted.
 */
public final class DetachedMount implements AutoCloseable {
    /** This number is the same on all machines: {@code include/uapi/asm-generic/unistd.h}. */
    private static final int SYS_FSOPEN = 430;

    private static final int SYS_FSCONFIG = 431;
    private static final int SYS_FSMOUNT = 432;
    private static final int CLOEXEC = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;

    private final List<Path> roots;
    private final int mount;

    private DetachedMount(List<Path> roots, int mount) {
        this.roots = roots;
        this.mount = mount;
    }

    /**
     * Mounts a file system.
     *
     * @param type name of the file system in the kernel, such as tracefs
     * @param mounted the places where it usually is mounted
     */
    public static DetachedMount of(String type, List<Path> mounted) {
        int mount = mount(type);
        return mount < 0
                ? new DetachedMount(mounted, mount)
                : new DetachedMount(List.of(Path.of("/proc/self/fd/" + mount)), mount);
    }

    /** Returns the directories in which the file system's root is, or may be. */
    public List<Path> roots() {
        return roots;
    }

    @Override
    public void close() {
        if (mount >= 0) {
            LibC.close(mount);
        }
    }

    private static int mount(String type) {
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
