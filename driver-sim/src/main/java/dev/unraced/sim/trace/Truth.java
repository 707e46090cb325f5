// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Syscall;
import dev.unraced.sim.base.Errno;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.PathFinder;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import org.jspecify.annotations.Nullable;

/** Reads what a call really acted on from the kernel's own objects. */
final class Truth {
    private final PathFinder path = new PathFinder();

    /**
     * The file that a call acted on, as found by its descriptor when it returns: what a tracer has that cannot look
     * into the call. Null when there is none.
     */
    static @Nullable OpenFile byDescriptor(Task task, Call call, Draft draft) {
        int fd = (int) (call.syscall() == Syscall.CONNECT ? call.register(0) : call.result());
        if (task.group().descriptors().isShared()) {
            draft.flag(EventFlag.FD_TABLE_SHARED);
        }
        return task.group().descriptors().get(fd);
    }

    /** Whether the result says that there is something to describe. */
    static boolean isExpected(Call call, long result) {
        if (call.syscall() != Syscall.CONNECT) {
            return result >= 0;
        }
        return result == 0 || result == -Errno.EINPROGRESS || result == -Errno.EALREADY || result == -Errno.EISCONN;
    }

    void describe(Task task, Call call, OpenFile file, Draft draft) {
        if (call.syscall() == Syscall.CONNECT) {
            if (file.privateData() instanceof Socket socket && !file.isPath()) {
                describe(socket, draft);
            }
            return;
        }
        path.find(file, task.fs());
        path.copyTo(draft.resolved);
        draft.resolvedLength = path.length();
        draft.deviceMajor = file.inode().superBlock().major();
        draft.deviceMinor = file.inode().superBlock().minor();
        draft.inode = file.inode().number();
        draft.flag(EventFlag.HAS_FILE);
        if (file.created()) {
            draft.flag(EventFlag.CREATED);
        }
        if (path.truncated()) {
            draft.flag(EventFlag.RESOLVED_TRUNCATED);
        }
        if (path.deleted()) {
            draft.flag(EventFlag.DELETED);
        }
        if (path.detached()) {
            draft.flag(EventFlag.DETACHED);
        }
        if (path.foreign()) {
            draft.flag(EventFlag.FOREIGN_MOUNT_NS);
        }
        draft.hasTruth = true;
    }

    private static void describe(Socket socket, Draft draft) {
        draft.family = socket.family();
        draft.type = socket.type();
        draft.protocol = socket.protocol();
        byte[] local = socket.local();
        if (local != null) {
            draft.local(local);
        }
        byte[] remote = socket.remote();
        if (remote != null) {
            draft.remote(remote);
        }
        draft.flag(EventFlag.HAS_SOCKET);
        draft.hasTruth = true;
    }
}
