// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Syscall;
import dev.unraced.linux.Errno;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.PathFinder;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the object that a call really acted on, from the kernel's own structures. */
final class ObjectReader {
    private final PathFinder path = new PathFinder();
    private final boolean walksTwice;
    private final boolean readsKeptPort;
    private final TraceListener listener;
    private int scansLeft;
    /** The path walks that take steps, by the calls that they belong to. */
    private final IdentityHashMap<Call, PathFinder> walks = new IdentityHashMap<>();

    /**
     * Creates a reader.
     *
     * @param precautions those that the observer takes
     */
    ObjectReader(Set<Precaution> precautions, TraceListener listener) {
        this.walksTwice = precautions.contains(Precaution.SECOND_WALKS);
        this.readsKeptPort = precautions.contains(Precaution.PORTS);
        this.listener = listener;
    }

    /** Returns the socket behind a file that connect(2) would accept, or null. */
    static @Nullable Socket socket(@Nullable OpenFile file) {
        return file != null && !file.isPath() && file.privateData() instanceof Socket socket ? socket : null;
    }

    /** Returns the socket that the kernel found for a connect; before that, the socket behind the descriptor. */
    static @Nullable Socket socketOf(Task caller, Call call) {
        OpenFile found = call.file();
        if (found == null && call.block() != 0) {
            // The block may name another descriptor now than the kernel will take.
            return null;
        }
        return socket(found == null ? caller.descriptor((int) call.register(0)) : found);
    }

    /** Reads one more name of a file's path; returns whether there is more to read. */
    boolean look(Task task, Call call, OpenFile file) {
        PathFinder walk = walks.get(call);
        if (walk == null || walk.file() != file) {
            walk = new PathFinder();
            walk.begin(file, task.fs(), walksTwice);
            walks.put(call, walk);
        }
        boolean isMore = walk.advance();
        if (isMore) {
            listener.looked();
        }
        return isMore;
    }

    /** Returns how many names and mounts a proof may examine after the last description (R2.48). */
    int scansLeft() {
        return scansLeft;
    }

    /** Discards the walk of a call. */
    void remove(Call call) {
        walks.remove(call);
    }

    private PathFinder walked(Task task, Call call, OpenFile file) {
        PathFinder walk = walks.remove(call);
        if (walk != null && walk.file() == file) {
            return walk;
        }
        path.begin(file, task.fs(), walksTwice);
        while (path.advance()) {
            // The whole walk happens within one step, in which no rename happens.
        }
        return path;
    }

    /**
     * Describes the file behind a call's descriptor when the call returns. A tracer that cannot look into the call has
     * only this.
     *
     * @return the file, or null
     */
    @Nullable
    OpenFile describeByDescriptor(Task task, Call call, RecordBuilder record) {
        int fd = call.syscall() == Syscall.CONNECT ? record.dirfd : (int) call.result();
        record.flag(EventFlag.FD_TABLE_SHARED, task.group().descriptors().isShared());
        OpenFile file = task.group().descriptors().get(fd);
        if (file != null) {
            describe(task, call, file, fd, record);
        }
        return file;
    }

    /** Returns whether the result says that there is an object to describe. */
    static boolean isExpected(Call call, long result) {
        if (call.syscall() != Syscall.CONNECT) {
            return result >= 0;
        }
        return result == 0 || result == -Errno.EINPROGRESS || result == -Errno.EALREADY || result == -Errno.EISCONN;
    }

    /** Describes a file that the kernel itself refers to. */
    void describe(Task task, Call call, OpenFile file, RecordBuilder record) {
        describe(task, call, file, -1, record);
    }

    private void describe(Task task, Call call, OpenFile file, int descriptor, RecordBuilder record) {
        if (call.syscall() == Syscall.CONNECT) {
            Socket socket = socket(file);
            if (socket == null) {
                return;
            }
            describe(socket, record);
        } else {
            describeFile(task, call, file, record);
        }
        listener.described(descriptor);
    }

    /**
     * Describes an opened file: its device and inode (R2.20), whether the call created it (R2.22), and its path (R2.21,
     * R2.23, R2.33, R2.47). One that was opened with O_PATH is a file, too (R2.24).
     */
    private void describeFile(Task task, Call call, OpenFile file, RecordBuilder record) {
        PathFinder walk = walked(task, call, file);
        scansLeft = walk.scansLeft();
        walk.copyTo(record.resolved);
        record.resolvedLength = walk.length();
        record.deviceMajor = file.inode().superBlock().major();
        record.deviceMinor = file.inode().superBlock().minor();
        record.inode = file.inode().number();
        record.flag(EventFlag.HAS_FILE);
        record.flag(EventFlag.CREATED, file.created() || file.isTemporary());
        record.flag(EventFlag.RESOLVED_TRUNCATED, walk.truncated());
        record.flag(EventFlag.DELETED, walk.deleted());
        record.flag(EventFlag.DETACHED, walk.detached());
        record.flag(EventFlag.FOREIGN_MOUNT_NS, walk.foreign());
        record.flag(EventFlag.RESOLVED_UNSTABLE, walk.unstable());
        record.hasObject = true;
    }

    /** Describes a socket with both its addresses (R2.30, R2.31, R2.32, R2.49). */
    private void describe(Socket socket, RecordBuilder record) {
        record.family = socket.family();
        record.type = socket.type();
        record.protocol = socket.protocol();
        byte[] local = readsKeptPort ? socket.local() : socket.localWhileHeld();
        if (local != null) {
            record.local(local);
        }
        byte[] remote = socket.remote();
        if (remote != null) {
            record.remote(remote);
        }
        record.flag(EventFlag.HAS_SOCKET);
        record.hasObject = true;
    }
}
