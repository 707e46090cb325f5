// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.unraced.natives.JnaDispatch;
import dev.unraced.natives.LibC;

/** The system calls of a tracer, and their numbers from the kernel's headers. */
final class Ptrace {
    static final int RUN_TO_SYSCALL = 24;
    static final int DETACH = 17;
    static final int GET_EVENT_MESSAGE = 0x4201;
    static final int SEIZE = 0x4206;
    static final int INTERRUPT = 0x4207;
    static final int LISTEN = 0x4208;
    static final int GET_SYSCALL_INFO = 0x420e;

    /** TRACESYSGOOD, TRACEFORK, TRACEVFORK, TRACECLONE and TRACEEXEC. */
    static final long OPTIONS = 1 | 2 | 4 | 8 | 16;

    static final int EVENT_FORK = 1;
    static final int EVENT_VFORK = 2;
    static final int EVENT_CLONE = 3;
    static final int EVENT_EXEC = 4;
    static final int EVENT_STOP = 128;

    /** WNOHANG, __WALL, and __WNOTHREAD: the children of other threads are not the tracer's. */
    static final int WAIT = 1 | 0x40000000 | 0x20000000;

    static final int EPERM = 1;
    static final int ESRCH = 3;
    private static final int ENOSYS = 38;

    private static final boolean IS_X86 = System.getProperty("os.arch").equals("amd64");
    private static final long KCMP = IS_X86 ? 312 : 272;
    private static final long KCMP_FILES = 2;
    private static final long OPENAT = IS_X86 ? 257 : 56;
    /** O_PATH and O_CLOEXEC. */
    private static final long HOLD = 0x200000 | 0x80000;

    private static final long STATX = IS_X86 ? 332 : 291;
    /** AT_STATX_DONT_SYNC: no server of a file system is asked, since it may be a process that the tracer stopped. */
    private static final long DONT_SYNC = 0x4000;

    private static final long INODE_LINKS_MOUNT = 0x100 | 4 | 0x1000;

    static {
        JnaDispatch.require(Native.class);
        Native.register(Ptrace.class, "c");
    }

    private Ptrace() {}

    static native long ptrace(long request, long tid, long address, Pointer data);

    static native int waitpid(int tid, Pointer status, int options);

    static native long readlink(Pointer path, byte[] target, long size);

    static native long process_vm_readv(long tid, Pointer to, long toCount, Pointer from, long fromCount, long flags);

    /** Makes a request whose last argument is a number. */
    static long request(int request, int tid, long data) {
        return ptrace(request, tid, 0, new Pointer(data));
    }

    /**
     * Returns whether two tasks have the same descriptor table; true on kernels that do not tell. A task that this user
     * may not look at counts as one with a table of its own.
     */
    static boolean shareFiles(long one, long other) {
        long order = LibC.syscall(KCMP, one, other, KCMP_FILES, 0, 0);
        return order == 0 || (order < 0 && Native.getLastError() == ENOSYS);
    }

    /** Returns a descriptor that holds what a path leads to, without opening it; a negative number when it cannot. */
    static int hold(Memory path) {
        return (int) LibC.syscall(OPENAT, -1, Pointer.nativeValue(path), HOLD, 0, 0);
    }

    /** Fills a struct statx with what a path leads to. */
    static boolean statx(Memory path, Memory result) {
        return LibC.syscall(
                        STATX, -1, Pointer.nativeValue(path), DONT_SYNC, INODE_LINKS_MOUNT, Pointer.nativeValue(result))
                == 0;
    }
}
