// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static dev.unraced.event.RecordLayout.*;

import dev.unraced.linux.Errno;
import dev.unraced.process.EventProcess;
import dev.unraced.process.ProcessTable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A flyweight over one record, which is a merged record unless enter events are configured. Reads fields in place and
 * allocates nothing; {@link #snapshot()} copies.
 *
 * <p>A handler must not keep the view: it is valid until the handler returns, on the handler's thread. After the
 * capture's close a kept view points at nothing, and reading it throws {@link IndexOutOfBoundsException}. Times are
 * nanoseconds of CLOCK_BOOTTIME. Process and thread ids are those of the initial pid namespace, user and group ids
 * those of the initial user namespace, unless the driver's capabilities say otherwise.
 *
 * <p>Views of arguments that the call does not have ({@link #path()} of a connect, {@link #address()} of an open) are
 * absent. Numbers that the call does not have throw {@link IllegalStateException}.
 */
public abstract class EventView {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORTS =
            MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
    private static final EventFlag[] FLAGS_BY_ORDINAL = EventFlag.values();
    private static final int CONNECT = Syscall.CONNECT.code();
    private static final int NOWHERE = Provenance.NONE.code();
    private static final int UNCHECKED = Integrity.UNCHECKED.code();

    private final BytesView comm = new BytesView();
    private final BytesView container = new BytesView();
    private final ArgumentView path = new ArgumentView();
    private final BytesView resolved = new BytesView();
    private final ArgumentView address = new ArgumentView();
    private final BytesView local = new BytesView();
    private final BytesView remote = new BytesView();

    private ByteBuffer buffer = ByteBuffer.allocate(FIXED_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private int offset;
    private @Nullable ProcessTable processes;

    /** Only {@code dev.unraced.event.record.RecordView} calls this: consumers get views, and make none. */
    protected EventView() {}

    /** Points this view at the record that begins at an offset of a little-endian buffer. */
    @SuppressWarnings("ReferenceEquality")
    protected final void pointAt(ByteBuffer buffer, int offset) {
        // Storing a reference costs the collector's barrier, and events come from the same buffer.
        if (this.buffer != buffer) {
            this.buffer = buffer;
        }
        this.offset = offset;
    }

    /** Has {@link #process} ask a table. */
    @SuppressWarnings("ReferenceEquality")
    protected final void setProcesses(ProcessTable table) {
        // The next event has the same table, and a store costs the collector's barrier.
        if (processes != table) {
            processes = table;
        }
    }

    /** Points this view, and all views of its arguments, at nothing. */
    protected final void pointAtNothing() {
        buffer = NOTHING;
        for (BytesView part : new BytesView[] {comm, container, path, resolved, address, local, remote}) {
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

    /** Returns the record's size in bytes. */
    public final int length() {
        return i32(LENGTH);
    }

    /** Returns whether this is a whole call or only its entry. */
    public final EventType type() {
        return EventType.of(u8(TYPE));
    }

    /** Returns whether this is only the entry of a call; see {@link EventType#ENTER}. */
    public final boolean isEnter() {
        return u8(TYPE) == TYPE_ENTER;
    }

    /** Returns which call this is. */
    public final Syscall syscall() {
        return Syscall.of(u8(SYSCALL));
    }

    /** Returns the calling convention by which the call entered the kernel. */
    public final Abi abi() {
        return Abi.of(u8(ABI));
    }

    /** Returns whether a thread made the call, or an io_uring carried it out. */
    public final Origin origin() {
        return Origin.of(u8(ORIGIN));
    }

    /** Returns the mitigation mode of this event. */
    public final Mitigation mitigation() {
        return Mitigation.of(u8(MITIGATION));
    }

    /**
     * Returns the number of this event within its {@link #source()}, from 1; the size of a gap is the number of lost
     * events.
     */
    public final long sequence() {
        return i64(SEQUENCE);
    }

    /** Returns the source that {@link #sequence()} counts: a CPU, a connection, or 0 for a single source. */
    public final int source() {
        return i32(SOURCE);
    }

    /** Returns the time of entry; 0 when the enter was missed or, with mitigation off, not observed. */
    public final long enterNanos() {
        return i64(ENTER_NS);
    }

    /** Returns the time of return; 0 in an enter event. */
    public final long exitNanos() {
        return i64(EXIT_NS);
    }

    /** Returns the time of this event: the return, or the entry in an enter event. */
    public final long nanos() {
        return isEnter() ? enterNanos() : exitNanos();
    }

    /** Returns the raw return value: a descriptor or 0, or the negated errno; 0 in an enter event. */
    public final long result() {
        return i64(RESULT);
    }

    /**
     * Returns whether the call failed: its result is an error, or it never ran ({@link EventFlag#NOT_EXECUTED}). A
     * connect in progress has not failed. False in an enter event. The filter by result judges in the same way; with
     * {@link EventFlag#EXECUTION_UNKNOWN} the result may be another's choice.
     */
    public final boolean failed() {
        return !isEnter() && syscall().isFailure(result(), !has(EventFlag.NOT_EXECUTED));
    }

    /**
     * Returns whether the call did not fail, a connect in progress included; see {@link #failed}. False in an enter
     * event.
     */
    public final boolean succeeded() {
        return !isEnter() && !failed();
    }

    /** Returns whether this is a connect that goes on after its return (EINPROGRESS). Its later end is no event. */
    public final boolean isInProgress() {
        return u8(SYSCALL) == CONNECT && result() == -Errno.EINPROGRESS && !has(EventFlag.NOT_EXECUTED);
    }

    /**
     * Returns the name of the error that the call returned, such as ENOENT; EINPROGRESS, too, although a connect in
     * progress has not failed. Empty for other results, and for errors without a name.
     */
    public final Optional<String> errnoName() {
        return Errno.nameOf(-result());
    }

    /**
     * Returns whether a signal interrupted the call in a way that the kernel hides from the program, by restarting the
     * call or by turning the value into EINTR: -512, -513, -514 or -516 (ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND,
     * ERESTART_RESTARTBLOCK of the kernel's {@code include/linux/errno.h}). A restarted call is a separate event.
     */
    public final boolean isInterrupted() {
        return Errno.isRestart(-result());
    }

    /** Returns the caller's thread id; of a request of an io_uring, its submitter's. */
    public final int tid() {
        return i32(TID);
    }

    /** Returns the caller's thread group id, which is its process id. */
    public final int tgid() {
        return i32(TGID);
    }

    /**
     * Returns the start time of the thread; with {@link #tid()} it identifies a thread for good, since thread ids are
     * reused.
     */
    public final long threadStartNanos() {
        return i64(THREAD_START_NS);
    }

    /**
     * Returns the key of the program that made the call: together with {@link #tgid()} it tells one process from a
     * later one with the same id, and one image of a process from the next (execve). 0 where the driver does not know
     * it. {@link ProcessView#processKey} gives the same key.
     */
    public final long processKey() {
        return (u32(PROCESS_START) << Integer.SIZE) | u32(EXEC_ID);
    }

    /**
     * Returns the process that made the call: executable, arguments, ancestors, container and user, as process events
     * told them ({@code unraced.process-events}); without these it is not known, and says so. Valid until the handler
     * returns. Allocates nothing.
     */
    public final EventProcess process() {
        return processes == null ? EventProcess.withoutTable() : processes.processOf(this);
    }

    /** Returns the thread group id of the caller's parent. */
    public final int parentTgid() {
        return i32(PARENT_TGID);
    }

    /** Returns the real user id, 0 to 2^32-1. */
    public final long uid() {
        return u32(UID);
    }

    /** Returns the real group id, 0 to 2^32-1. */
    public final long gid() {
        return u32(GID);
    }

    /** Returns the id of the caller's cgroup in the v2 hierarchy: the inode number of its directory. */
    public final long cgroupId() {
        return i64(CGROUP_ID);
    }

    /** Returns the inode number of the caller's mount namespace, as {@code /proc/PID/ns/mnt} shows it. */
    public final long mountNamespace() {
        return u32(MOUNT_NS);
    }

    /** Returns the inode number of the caller's pid namespace, as {@code /proc/PID/ns/pid} shows it. */
    public final long pidNamespace() {
        return u32(PID_NS);
    }

    /** Returns the thread's name, up to its first NUL. */
    public final BytesView comm() {
        int start = offset + COMM;
        int length = 0;
        while (length < COMM_SIZE && buffer.get(start + length) != 0) {
            length++;
        }
        comm.wrap(buffer, start, length, true);
        return comm;
    }

    /** Returns the container's id, absent where the driver does not know it. */
    public final BytesView containerId() {
        container.wrapSlice(buffer, offset, i32(CONTAINER));
        return container;
    }

    /** Returns the flags as a bit set of {@link EventFlag#mask()}. */
    public final int flags() {
        return i32(FLAGS);
    }

    /** Returns whether a flag is set. */
    public final boolean has(EventFlag flag) {
        return (flags() & flag.mask()) != 0;
    }

    /** Returns whether the call opens a file, and so has the open-like fields. */
    public final boolean isOpenLike() {
        return u8(SYSCALL) != CONNECT;
    }

    /** Returns whether the call is a connect, and so has the fields of a socket. */
    public final boolean isConnect() {
        return u8(SYSCALL) == CONNECT;
    }

    /** Returns the path as the caller passed it. */
    public final ArgumentView path() {
        long call = i64(SOURCE);
        argument(path, OPEN_DIRFD, !isConnectCall(call), call);
        return path;
    }

    /** Returns the directory that a relative path starts at; AT_FDCWD (-100) is the working directory. */
    public final int dirfd() {
        return i32(openLike(OPEN_DIRFD));
    }

    /** Returns the open flags, raw as passed. */
    public final long openFlags() {
        return i64(openLike(OPEN_FLAGS));
    }

    /**
     * Returns the file mode, raw as passed; without O_CREAT or O_TMPFILE the kernel ignores it, and it may be garbage.
     */
    public final long mode() {
        return i64(openLike(OPEN_MODE));
    }

    /** Returns the {@code resolve} field of openat2's {@code struct open_how}; 0 for the other calls. */
    public final long resolve() {
        return i64(openLike(OPEN_RESOLVE));
    }

    /** Returns the size argument of openat2; 0 for the other calls. */
    public final long howSize() {
        return i64(openLike(OPEN_HOW_SIZE));
    }

    /**
     * Returns the place where flags, mode and resolve were read; {@link Provenance#KERNEL} when registers carry them.
     */
    public final Provenance howProvenance() {
        openLike(0);
        return Provenance.of(u8(HOW_PROVENANCE));
    }

    /** Returns whether flags, mode and resolve held while the call ran. */
    public final Integrity howIntegrity() {
        openLike(0);
        return Integrity.of(u8(HOW_INTEGRITY));
    }

    /**
     * Returns whether the path, openat2's how, the address, or the block of socketcall(2) is {@link Integrity#CHANGED}:
     * somebody rewrote an argument while the call ran.
     */
    public final boolean isChanged() {
        if (isOpenLike()) {
            return path().integrity() == Integrity.CHANGED || howIntegrity() == Integrity.CHANGED;
        }
        return address().integrity() == Integrity.CHANGED || blockIntegrity() == Integrity.CHANGED;
    }

    /** Returns the inode number of the opened file; valid with {@link EventFlag#HAS_FILE}. */
    public final long inode() {
        return i64(openLike(OPEN_INODE));
    }

    /** Returns the major device number of the opened file's superblock; on btrfs and overlay stat(2) shows another. */
    public final int deviceMajor() {
        return i32(openLike(OPEN_DEVICE_MAJOR));
    }

    /** Returns the minor device number of the opened file's superblock. */
    public final int deviceMinor() {
        return i32(openLike(OPEN_DEVICE_MINOR));
    }

    /** Returns the path of the opened file from the root of the caller's mount namespace; valid with HAS_FILE. */
    public final BytesView resolvedPath() {
        slice(resolved, OPEN_RESOLVED, isOpenLike());
        return resolved;
    }

    /** Returns the address to connect to, a {@code struct sockaddr} of at most {@link #addrlen()} bytes. */
    public final ArgumentView address() {
        long call = i64(SOURCE);
        argument(address, CONNECT_FD, isConnectCall(call), call);
        return address;
    }

    /** Returns the descriptor to connect. */
    public final int fd() {
        return i32(connect(CONNECT_FD));
    }

    /** Returns the length of the address, raw as passed. */
    public final int addrlen() {
        return i32(connect(CONNECT_ADDRLEN));
    }

    /**
     * Returns the place where the block of socketcall(2) was read, which holds descriptor, address pointer and length;
     * {@link Provenance#NONE} for other connects, and for an unreadable block.
     */
    public final Provenance blockProvenance() {
        connect(0);
        return Provenance.of(u8(HOW_PROVENANCE));
    }

    /** Returns whether the block of socketcall(2) held while the call ran; UNCHECKED for other connects. */
    public final Integrity blockIntegrity() {
        connect(0);
        return Integrity.of(u8(HOW_INTEGRITY));
    }

    /** Returns the socket's own address, a {@code struct sockaddr}; valid with {@link EventFlag#HAS_SOCKET}. */
    public final BytesView socketLocal() {
        slice(local, CONNECT_LOCAL, isConnect());
        return local;
    }

    /** Returns the address of the socket's peer, a {@code struct sockaddr}; valid with {@link EventFlag#HAS_SOCKET}. */
    public final BytesView socketRemote() {
        slice(remote, CONNECT_REMOTE, isConnect());
        return remote;
    }

    /** Returns the port of {@link #socketLocal()}, or -1 when there is none. Allocates nothing. */
    public final int localPort() {
        return socketLocal().port();
    }

    /** Returns the port of {@link #socketRemote()}, or -1 when there is none. Allocates nothing. */
    public final int remotePort() {
        return socketRemote().port();
    }

    /** Returns the socket's family (AF_*); valid with {@link EventFlag#HAS_SOCKET}. */
    public final int socketFamily() {
        return (short) SHORTS.get(buffer, offset + connect(CONNECT_FAMILY)) & 0xffff;
    }

    /** Returns the socket's type (SOCK_*); valid with {@link EventFlag#HAS_SOCKET}. */
    public final int socketType() {
        return (short) SHORTS.get(buffer, offset + connect(CONNECT_TYPE)) & 0xffff;
    }

    /** Returns the socket's protocol (IPPROTO_*); valid with {@link EventFlag#HAS_SOCKET}. */
    public final int socketProtocol() {
        return (short) SHORTS.get(buffer, offset + connect(CONNECT_PROTOCOL)) & 0xffff;
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
            return syscall().name().toLowerCase(Locale.ROOT) + " " + argumentText()
                    + (isEnter() ? " enters" : " = " + errnoName().orElse(Long.toString(result())))
                    + " by " + comm() + "[" + tgid() + (tid() == tgid() ? "" : "/" + tid()) + "]";
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return "an event without a well-formed record";
        }
    }

    private String argumentText() {
        if (isOpenLike()) {
            return path().quoted();
        }
        return address().isPresent()
                ? new Sockaddr(address().toByteString()).toString()
                : address().quoted();
    }

    /** Returns an immutable copy of the whole event, which outlives the record; allocates. */
    public final SyscallEvent snapshot() {
        Call call = new Call(
                type(),
                syscall(),
                abi(),
                origin(),
                mitigation(),
                enterNanos(),
                exitNanos(),
                source(),
                sequence(),
                result());
        BytesView id = containerId();
        Caller caller = new Caller(
                tid(),
                tgid(),
                threadStartNanos(),
                parentTgid(),
                uid(),
                gid(),
                comm().toByteString(),
                cgroupId(),
                mountNamespace(),
                pidNamespace(),
                id.isPresent() ? Optional.of(id.toByteString()) : Optional.empty(),
                processes == null
                        ? Optional.empty()
                        : Optional.of(processes.processOf(this).snapshot()));
        return isOpenLike() ? openEvent(call, caller) : connectEvent(call, caller);
    }

    private OpenEvent openEvent(Call call, Caller caller) {
        Optional<OpenedFile> file = has(EventFlag.HAS_FILE)
                ? Optional.of(new OpenedFile(
                        resolvedPath().toByteString(), deviceMajor(), deviceMinor(), inode(), has(EventFlag.CREATED)))
                : Optional.empty();
        OpenHow how = new OpenHow(openFlags(), mode(), resolve(), howSize());
        return new OpenEvent(
                call,
                caller,
                flagSet(),
                dirfd(),
                path().toArgument(),
                new Argument<>(how, howProvenance(), howIntegrity()),
                file);
    }

    private ConnectEvent connectEvent(Call call, Caller caller) {
        Optional<ConnectedSocket> socket = has(EventFlag.HAS_SOCKET)
                ? Optional.of(new ConnectedSocket(
                        socketFamily(),
                        socketType(),
                        socketProtocol(),
                        sockaddr(socketLocal()),
                        sockaddr(socketRemote())))
                : Optional.empty();
        ArgumentView passed = address();
        Argument<Sockaddr> address =
                new Argument<>(new Sockaddr(passed.toByteString()), passed.provenance(), passed.integrity());
        Optional<SocketcallBlock> block = blockProvenance() == Provenance.NONE
                ? Optional.empty()
                : Optional.of(new SocketcallBlock(blockProvenance(), blockIntegrity()));
        return new ConnectEvent(call, caller, flagSet(), fd(), address, addrlen(), socket, block);
    }

    private static Optional<Sockaddr> sockaddr(BytesView bytes) {
        return bytes.isPresent() ? Optional.of(new Sockaddr(bytes.toByteString())) : Optional.empty();
    }

    private Set<EventFlag> flagSet() {
        EnumSet<EventFlag> set = EnumSet.noneOf(EventFlag.class);
        for (EventFlag flag : FLAGS_BY_ORDINAL) {
            if (has(flag)) {
                set.add(flag);
            }
        }
        return set;
    }

    /** Reads whole words, so that the compiler can combine the checks against the buffer's limit. */
    private void argument(ArgumentView view, int fields, boolean exists, long call) {
        int provenance = exists ? (int) (call >>> (8 * (PROVENANCE - SOURCE))) & 0xff : NOWHERE;
        // Bytes without provenance are absent, whatever the slice says.
        if (provenance == NOWHERE) {
            view.wrapAbsent();
        } else {
            view.wrapSlice(buffer, offset, (int) (i64(fields) >>> Integer.SIZE));
        }
        view.trust(provenance, exists ? (int) i64(INTEGRITY) & 0xff : UNCHECKED);
    }

    private static boolean isConnectCall(long call) {
        return ((int) (call >>> (8 * (SYSCALL - SOURCE))) & 0xff) == CONNECT;
    }

    private void slice(BytesView view, int slice, boolean exists) {
        if (exists) {
            view.wrapSlice(buffer, offset, i32(slice));
        } else {
            view.wrapAbsent();
        }
    }

    private int openLike(int field) {
        if (!isOpenLike()) {
            throw new IllegalStateException("a connect has no open-like fields");
        }
        return field;
    }

    private int connect(int field) {
        if (isOpenLike()) {
            throw new IllegalStateException("an open has no connect fields");
        }
        return field;
    }

    private int u8(int field) {
        return buffer.get(offset + field) & 0xff;
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
