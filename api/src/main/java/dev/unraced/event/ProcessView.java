// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static dev.unraced.event.ProcessLayout.*;

import dev.unraced.linux.Errno;
import dev.unraced.process.EventProcess;
import dev.unraced.process.ProcessTable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A flyweight over the record of one process event. Reads fields in place and allocates nothing.
 *
 * <p>A handler must not keep the view: it is valid until the handler returns, on the handler's thread.
 * {@link #snapshot} copies. Times are nanoseconds of CLOCK_BOOTTIME. Process and thread ids are those of the initial
 * pid namespace, user and group ids those of the initial user namespace. {@code dev.unraced.process.ProcessTable} keeps
 * what these events tell.
 *
 * <p>Numbers that only another type of event has throw {@link IllegalStateException}.
 */
public abstract class ProcessView {
    /** The types of process events. */
    public enum Type implements Coded {
        /** A process was forked and has not run yet. Threads are no processes. */
        FORK(ProcessLayout.TYPE_FORK),

        /** A process has executed a program (execve, execveat), which has not run yet. */
        EXEC(ProcessLayout.TYPE_EXEC),

        /** The last thread of a process ends. */
        EXIT(ProcessLayout.TYPE_EXIT),

        /**
         * The process was there when the capture opened. Its path as asked for and its arguments are not known. A
         * server tells it to a later subscriber with the time, the credentials, the parent, the session and the cgroup
         * of the event that told of its image last; it may have others by now.
         */
        ALIVE(ProcessLayout.TYPE_ALIVE),

        /**
         * An execve or execveat has failed. The process goes on with the image that it had, unless the kernel had begun
         * to replace it; then it ends.
         */
        EXEC_FAILED(ProcessLayout.TYPE_EXEC_FAILED);

        private static final Type[] BY_CODE = Coded.table(values(), new Type[0]);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }

        /**
         * Returns the constant with a record's code.
         *
         * @throws IllegalArgumentException for a code that no constant has
         */
        public static Type of(int code) {
            return Coded.lookUp(BY_CODE, code);
        }
    }

    /** The call that asks for an exec. */
    public enum ExecCall implements Coded {
        /** The driver has not seen the call's entry, or does not look at it: {@link Feature#EXEC_CALLS}. */
        UNKNOWN(0),

        /** {@code execve(2)}. */
        EXECVE(1),

        /** {@code execveat(2)}. */
        EXECVEAT(2);

        private static final ExecCall[] BY_CODE = Coded.table(values(), new ExecCall[0]);

        private final int code;

        ExecCall(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }

        /**
         * Returns the constant with a record's code.
         *
         * @throws IllegalArgumentException for a code that no constant has
         */
        public static ExecCall of(int code) {
            return Coded.lookUp(BY_CODE, code);
        }
    }

    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
    /** Bits of a wait status that hold the signal, and bits below the exit code (wait(2)). */
    private static final int SIGNAL = 0x7f;

    private static final int CODE_SHIFT = 8;

    private final BytesView comm = new BytesView();
    private final BytesView path = new BytesView();
    private final BytesView executable = new BytesView();
    private final BytesView interpreter = new BytesView();
    private final BytesView arguments = new BytesView();
    private final BytesView cgroup = new BytesView();
    private final BytesView container = new BytesView();

    private ByteBuffer buffer = NOTHING;
    private int offset;
    private @Nullable ProcessTable processes;

    /** Only {@code dev.unraced.event.record.ProcessRecordView} is one. */
    protected ProcessView() {}

    /** Points this view at the record that begins at an offset of a little-endian buffer. */
    protected final void pointAt(ByteBuffer buffer, int offset) {
        this.buffer = buffer;
        this.offset = offset;
    }

    /** Has {@link #process} ask a table. */
    @SuppressWarnings("ReferenceEquality")
    protected final void setProcesses(ProcessTable table) {
        if (processes != table) {
            processes = table;
        }
    }

    /** Points this view, and all views of its parts, at nothing. */
    protected final void pointAtNothing() {
        buffer = NOTHING;
        for (BytesView part : new BytesView[] {comm, path, executable, interpreter, arguments, cgroup, container}) {
            part.unwrap();
        }
    }

    /** Returns the buffer that holds the record. */
    protected final ByteBuffer recordBuffer() {
        return buffer;
    }

    /** Returns the offset of the record in its buffer. */
    protected final int recordOffset() {
        return offset;
    }

    /** Returns what happened to the process. */
    public final Type type() {
        return Type.of(buffer.get(offset + TYPE));
    }

    /** Returns the length of the record in bytes. */
    public final int length() {
        return i32(LENGTH);
    }

    /** Returns the number of this event within its {@link #source()}, from 1; a gap is a loss. */
    public final long sequence() {
        return i64(SEQUENCE);
    }

    /**
     * Returns the source that {@link #sequence()} counts: 2^31 and the number of the CPU, or 2^32-1 where a server
     * tells a new subscriber of living processes. No event of a call has it.
     */
    public final int source() {
        return i32(SOURCE);
    }

    /** Returns the time of the event. */
    public final long nanos() {
        return i64(TIME_NS);
    }

    /** Returns the process's id: of a fork the child's. */
    public final int tgid() {
        return i32(TGID);
    }

    /**
     * Returns the start of the process, which with {@link #tgid()} identifies it for good. An exec by another thread
     * than the first does not change it.
     */
    public final long startNanos() {
        return i64(START_NS);
    }

    /** Returns the key of the process's image, as {@link EventView#processKey} gives it. */
    public final long processKey() {
        return key(startNanos(), execId());
    }

    /**
     * Returns the process that this event is about, as it is after the event: of a fork the child, of an exec the new
     * program. Valid until the handler returns. Allocates nothing. A {@link #snapshot} of this event has none: a copy
     * of this process is {@link EventProcess#snapshot}.
     */
    public final EventProcess process() {
        return processes == null ? EventProcess.withoutTable() : processes.processOf(this);
    }

    /** Returns how many programs the process and its ancestors have executed, modulo 2^32. */
    public final long execId() {
        return u32(EXEC_ID);
    }

    /**
     * Returns of an exec the id that its thread had before, of a failed exec that of its thread, of an exit the last
     * thread's; else {@link #tgid()}.
     */
    public final int tid() {
        return i32(TID);
    }

    /** Returns the process id of the parent as the kernel has it; with CLONE_PARENT that is not the forker. */
    public final int parentTgid() {
        return i32(PARENT_TGID);
    }

    /** Returns the start of the parent. */
    public final long parentStartNanos() {
        return i64(PARENT_START_NS);
    }

    /** Returns the process that forked this one. */
    public final int forkerTgid() {
        require(Type.FORK);
        return i32(FORKER);
    }

    /** Returns the start of the process that forked this one. */
    public final long forkerStartNanos() {
        require(Type.FORK);
        return i64(FORKER_START_NS);
    }

    /** Returns the process's id in its own pid namespace. */
    public final int ownTgid() {
        return i32(OWN_TGID);
    }

    /** Returns the id of the session, which is the process id of its leader. */
    public final int session() {
        return i32(SESSION);
    }

    /**
     * Returns whether the event tells the controlling terminal, or that there is none. A driver without
     * {@link Feature#TERMINALS} never does. A driver that looks without a lock, as {@code ebpf} does, tells nothing
     * where the process lost its terminal at that very moment.
     */
    public final boolean isTerminalKnown() {
        return terminal() != ProcessLayout.TERMINAL_UNKNOWN;
    }

    /**
     * Returns whether the process has a controlling terminal: the kernel's {@code signal->tty}, which
     * {@code /proc/PID/stat} names as {@code tty_nr} and ps(1) as TTY. It is a fact of the moment of the event. That a
     * human sits there does not follow, nor that the program's input comes from there; a program can make a
     * pseudo-terminal and take it, and can give its terminal up (setsid(2), TIOCNOTTY), without an event.
     *
     * <p>The driver {@code ebpf} proves the device of a fork, an exec and an exit. Of a failed exec, and of a process
     * that was alive, it could name a mixture of two, if another thread exchanged one terminal for another at that very
     * moment and the kernel put the second where the first had been.
     */
    public final boolean hasTerminal() {
        return terminal() >>> ProcessLayout.MINOR_BITS != 0;
    }

    /** Returns the major device number of the controlling terminal, 136 to 143 of a pseudo-terminal; 0 without one. */
    public final int terminalMajor() {
        return terminal() >>> ProcessLayout.MINOR_BITS;
    }

    /** Returns the minor device number of the controlling terminal; 0 without one. */
    public final int terminalMinor() {
        return hasTerminal() ? terminal() & (1 << ProcessLayout.MINOR_BITS) - 1 : 0;
    }

    /** Returns the real user id, 0 to 2^32-1; of an exit that of the last thread, as are the other ids. */
    public final long uid() {
        return u32(UID);
    }

    /** Returns the real group id, 0 to 2^32-1. */
    public final long gid() {
        return u32(GID);
    }

    /** Returns the effective user id; after the exec of a set-user-id program it is that of the file's owner. */
    public final long effectiveUid() {
        return u32(EUID);
    }

    /** Returns the effective group id. */
    public final long effectiveGid() {
        return u32(EGID);
    }

    /** Returns the effective capabilities, a bit for each as capabilities(7) numbers them. */
    public final long capabilities() {
        return i64(CAPABILITIES);
    }

    /** Returns the id of the process's cgroup in the v2 hierarchy. */
    public final long cgroupId() {
        return i64(CGROUP_ID);
    }

    /**
     * Returns the path of the cgroup's directory from the root of the v2 hierarchy, as its names stood then: of an
     * exec, and of a process that was alive. Absent where the driver does not know it, and below 24 levels.
     */
    public final BytesView cgroupPath() {
        cgroup.wrapSlice(buffer, offset, i32(CGROUP));
        return cgroup;
    }

    /**
     * Returns the container's id where the driver knows it otherwise than by the cgroup's path, as {@code gvisor} does;
     * absent elsewhere.
     */
    public final BytesView containerId() {
        container.wrapSlice(buffer, offset, reaches(CONTAINER) ? i32(CONTAINER) : 0);
        return container;
    }

    /** Returns the inode number of the mount namespace; 0 where a process that ends has left it already. */
    public final long mountNamespace() {
        return u32(MOUNT_NS);
    }

    /** Returns the inode number of the pid namespace. */
    public final long pidNamespace() {
        return u32(PID_NS);
    }

    /** Returns the flags as a bit set of {@link EventFlag#mask()}. */
    public final int flags() {
        return i32(FLAGS);
    }

    /**
     * Returns whether a flag is set. HAS_FILE and the flags of a resolved path are about the executable; TRUNCATED and
     * FAULTED are about the arguments, or about the path of a failed exec. FOREIGN_MOUNT_NS is also about the path of a
     * failed exec, or of a script.
     */
    public final boolean has(EventFlag flag) {
        return (flags() & flag.mask()) != 0;
    }

    /** Returns the name of the first thread, of an exit that of the last one, up to its first NUL. */
    public final BytesView comm() {
        int start = offset + COMM;
        int length = 0;
        while (length < RecordLayout.COMM_SIZE && buffer.get(start + length) != 0) {
            length++;
        }
        comm.wrap(buffer, start, length, true);
        return comm;
    }

    /**
     * Returns of an exec the path as it was asked for. {@link #pathProvenance} says where it was read; the kernel's own
     * copy is what the kernel executed.
     */
    public final BytesView path() {
        path.wrapSlice(buffer, offset, i32(PATH));
        return path;
    }

    /**
     * Returns the path of the executable from the root of the process's mount namespace, in an exec and of a process
     * that was alive. Of a script it is the interpreter's file. A process that was alive can have replaced it (R16.5).
     * Valid with {@link EventFlag#HAS_FILE}.
     */
    public final BytesView executable() {
        executable.wrapSlice(buffer, offset, i32(RESOLVED));
        return executable;
    }

    /** Returns of an exec the interpreter that the script names; absent where the file was executed itself. */
    public final BytesView interpreter() {
        interpreter.wrapSlice(buffer, offset, i32(INTERPRETER));
        return interpreter;
    }

    /**
     * Returns of an exec the arguments, each with a NUL at its end, as the new image's memory had them before the
     * program ran. A process that may write to this memory can have changed them by then. At most
     * {@value ProcessLayout#ARGUMENTS_MAX} bytes; more is cut and flagged TRUNCATED.
     */
    public final BytesView arguments() {
        arguments.wrapSlice(buffer, offset, i32(ARGUMENTS));
        return arguments;
    }

    /** Returns the size of all arguments in bytes, which may be more than {@link #arguments()} has. */
    public final long argumentsSize() {
        return u32(ARGUMENTS_SIZE);
    }

    /** Returns the inode number of the executable; valid with HAS_FILE. */
    public final long inode() {
        return i64(INODE);
    }

    /** Returns the major device number of the executable's superblock. */
    public final int deviceMajor() {
        return i32(DEVICE_MAJOR);
    }

    /** Returns the minor device number of the executable's superblock. */
    public final int deviceMinor() {
        return i32(DEVICE_MINOR);
    }

    /** Returns of an exec and of a failed one the call that asked for it. */
    public final ExecCall execCall() {
        return ExecCall.of(buffer.get(offset + CALL));
    }

    /** Returns the convention of this call; NATIVE where the call is unknown. */
    public final Abi abi() {
        return Abi.of(buffer.get(offset + ABI));
    }

    /**
     * Returns whether an exec tells the credentials that its thread had when the call entered. Whoever executes a
     * set-user-id program has another effective user id after it.
     */
    public final boolean hasCredentialsBefore() {
        return type() == Type.EXEC && buffer.get(offset + CALL) != 0 && reaches(EGID_BEFORE);
    }

    /** Returns the real user id before an exec; valid with {@link #hasCredentialsBefore}, as are the other ids. */
    public final long uidBefore() {
        return reaches(UID_BEFORE) ? u32(UID_BEFORE) : 0;
    }

    /** Returns the real group id before an exec. */
    public final long gidBefore() {
        return reaches(GID_BEFORE) ? u32(GID_BEFORE) : 0;
    }

    /** Returns the effective user id before an exec. */
    public final long effectiveUidBefore() {
        return reaches(EUID_BEFORE) ? u32(EUID_BEFORE) : 0;
    }

    /** Returns the effective group id before an exec. */
    public final long effectiveGidBefore() {
        return reaches(EGID_BEFORE) ? u32(EGID_BEFORE) : 0;
    }

    /** Returns the effective capabilities before an exec. */
    public final long capabilitiesBefore() {
        return reaches(CAPABILITIES_BEFORE) ? i64(CAPABILITIES_BEFORE) : 0;
    }

    /** Returns the result of a failed exec: -errno, or the kernel's own number of an interrupted call. */
    public final int result() {
        require(Type.EXEC_FAILED);
        return i32(RESULT);
    }

    /** Returns the name of the error with which an exec failed, such as ENOENT; empty for one without a name. */
    public final Optional<String> errnoName() {
        return Errno.nameOf(-result());
    }

    /** Returns the time of entry of a failed exec; 0 when the entry was missed. */
    public final long enterNanos() {
        require(Type.EXEC_FAILED);
        return i64(ENTER_NS);
    }

    /** Returns the mode of the capture when the failed exec entered. */
    public final Mitigation mitigation() {
        require(Type.EXEC_FAILED);
        return Mitigation.of(buffer.get(offset + MITIGATION));
    }

    /** Returns the directory descriptor of a failed execveat; AT_FDCWD (-100) of an execve. */
    public final int dirfd() {
        require(Type.EXEC_FAILED);
        return i32(DIRFD);
    }

    /** Returns the flags of a failed execveat (AT_EMPTY_PATH and its like), raw as passed; 0 of an execve. */
    public final long atFlags() {
        require(Type.EXEC_FAILED);
        return u32(AT_FLAGS);
    }

    /**
     * Returns where the path of an exec was read: KERNEL of one that succeeded, where the driver has the kernel's own
     * copy (R16.2), and NONE where there is no path.
     */
    public final Provenance pathProvenance() {
        if (type() != Type.EXEC) {
            require(Type.EXEC_FAILED);
        }
        return Provenance.of(buffer.get(offset + PROVENANCE));
    }

    /**
     * Returns whether the path of an exec held while the call ran. That of one that failed is CHANGED or UNCHECKED. The
     * kernel's own copy is MATCH, CHANGED where the entry had another path, and UNCHECKED where the kernel made it of
     * the number of a descriptor (R16.2).
     */
    public final Integrity pathIntegrity() {
        if (type() != Type.EXEC) {
            require(Type.EXEC_FAILED);
        }
        return Integrity.of(buffer.get(offset + INTEGRITY));
    }

    /** Returns of an exit the status that the parent gets by wait(2). */
    public final int status() {
        require(Type.EXIT);
        return i32(STATUS);
    }

    /** Returns of an exit the code with which the process ended itself, 0 to 255; -1 after a signal. */
    public final int exitCode() {
        int status = status();
        return (status & SIGNAL) == 0 ? status >>> CODE_SHIFT & 0xff : -1;
    }

    /** Returns of an exit the signal that ended the process, or 0. */
    public final int exitSignal() {
        return status() & SIGNAL;
    }

    /**
     * Returns a line for logs and debuggers, of printable ASCII; allocates. Of a view whose record is released it says
     * so.
     */
    @Override
    @SuppressWarnings("ReferenceEquality")
    public final String toString() {
        if (buffer == NOTHING) {
            return "an event that is released: its handler has returned";
        }
        try {
            return whatText() + " by " + comm() + "[" + tgid() + "]";
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return "a process event without a well-formed record";
        }
    }

    private String whatText() {
        return switch (type()) {
            case FORK -> "fork from " + parentTgid();
            case EXEC -> "exec " + executable().quoted();
            case EXEC_FAILED -> "exec " + path().quoted() + " = " + errnoName().orElse(Integer.toString(result()));
            case EXIT -> "exit, wait status " + status();
            case ALIVE -> "alive " + executable().quoted();
        };
    }

    /** Returns a view of a copy of the record, which may be kept and is immutable; allocates. */
    public abstract ProcessView snapshot();

    private int terminal() {
        return reaches(TERMINAL) ? i32(TERMINAL) : ProcessLayout.TERMINAL_UNKNOWN;
    }

    private void require(Type type) {
        if (buffer.get(offset + TYPE) != type.code()) {
            throw new IllegalStateException("the event is of type " + type() + ", not " + type);
        }
    }

    /** Returns whether the record has a field that not every version has. */
    private boolean reaches(int field) {
        return field < ProcessLayout.fixedSize(buffer, offset);
    }

    private long u32(int field) {
        return i32(field) & 0xffffffffL;
    }

    private int i32(int field) {
        return (int) INTS.get(buffer, offset + field);
    }

    private long i64(int field) {
        return (long) LONGS.get(buffer, offset + field);
    }
}
