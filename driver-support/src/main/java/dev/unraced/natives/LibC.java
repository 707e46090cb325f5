// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.unraced.linux.SocketTypes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the C library that drivers and the server call, by JNA's direct mapping. {@code long} stands for
 * size_t, off_t and addresses of 64-bit Linux. A function without {@link LastErrorException} returns -1 on failure, and
 * {@link Native#getLastError()} then has the errno. Thread-safe.
 *
 * <p>Its user depends on JNA, which this artifact does not bring. The first use of this class throws an
 * {@link UnsatisfiedLinkError} when JNA's native half cannot be loaded.
 */
public final class LibC {
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;
    public static final short POLLIN = 1;
    public static final short POLLERR = 8;
    public static final short POLLHUP = 0x10;
    public static final short POLLRDHUP = 0x2000;
    public static final int SHUT_RDWR = 2;
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int SOL_SOCKET = 1;
    public static final int SO_TYPE = 3;
    /** The numbers of clocks are those of {@code include/uapi/linux/time.h}. */
    public static final int CLOCK_REALTIME = 0;

    public static final int CLOCK_BOOTTIME = 7;

    private static final int AF_UNIX = 1;
    private static final int ERANGE = 34;
    /** More than the size of a struct passwd, whose first field points to the name. */
    private static final int PASSWD_SIZE = 128;
    /** The room for a user's texts at first, and at most, in bytes. */
    private static final int FIRST_TEXTS = 4 << 10;

    private static final int MOST_TEXTS = 1 << 20;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_PATH = 0x200000;
    /** The type of a handle that has the id of a directory of kernfs: FILEID_KERNFS of include/linux/exportfs.h. */
    private static final int FILEID_KERNFS = 0xfe;

    private static final int EFD_CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;
    private static final long FIONREAD = 0x541B;
    private static final int SO_PEERCRED = 17;
    /** The size of a struct ucred. */
    private static final int UCRED_SIZE = 12;

    /** The size of a struct pollfd, and where its revents are. */
    private static final int POLLFD_SIZE = 8;

    private static final int REVENTS = 6;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    static {
        JnaDispatch.require(Native.class);
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    public static native int close(int fd);

    public static native long read(int fd, Pointer buffer, long count);

    public static native long write(int fd, Pointer buffer, long count);

    public static native int poll(Pointer fds, long count, int timeoutMillis);

    public static native int ioctl(int fd, long request, Pointer argument);

    public static native Pointer mmap(
            @Nullable Pointer address, long length, int protection, int flags, int fd, long offset);

    public static native int munmap(Pointer address, long length);

    public static native int getpagesize();

    /** Calls syscall(2) with fixed arity, for calls without a wrapper. Unused arguments are 0. */
    public static native long syscall(long number, long a, long b, long c, long d, long e);

    public static native int socket(int domain, int type, int protocol);

    public static native int bind(int fd, Pointer address, int length);

    public static native int connect(int fd, Pointer address, int length);

    public static native int listen(int fd, int backlog);

    /** Accepts a connection; {@code address} and {@code length} are addresses, or 0 for a caller that wants neither. */
    public static native int accept4(int fd, long address, long length, int flags);

    public static native int shutdown(int fd, int how);

    public static native long recv(int fd, long buffer, long length, int flags);

    public static native long send(int fd, Pointer buffer, long length, int flags);

    public static native long sendto(int fd, byte[] data, long length, int flags, byte[] address, int addressLength)
            throws LastErrorException;

    public static native int getsockopt(int fd, int level, int name, Pointer value, Pointer length);

    public static native int getpeername(int fd, Pointer address, Pointer length);

    public static native int geteuid();

    /** Finds a user by the system's resolver; the result is an error number, or 0 with a pointer to the entry or 0. */
    private static native int getpwuid_r(int uid, Pointer entry, Pointer texts, long length, Pointer result);

    /** Unlike the system call of this name, the library's function changes all threads: nptl(7), "setxid". */
    public static native int setresuid(int real, int effective, int saved) throws LastErrorException;

    /** Changes the groups of all threads, as {@link #setresuid} does the users. */
    public static native int setresgid(int real, int effective, int saved) throws LastErrorException;

    /** Changes the further groups of all threads, as {@link #setresuid} does the users. */
    public static native int setgroups(long count, int[] groups) throws LastErrorException;

    private static native int open(byte[] path, int flags);

    private static native int open_by_handle_at(int mount, Pointer handle, int flags);

    private static native int eventfd(int initial, int flags);

    private static native int clock_gettime(int clock, Pointer time);

    /** Returns a descriptor that {@link #poll} reports once something is written to it. */
    public static int newEventFd() {
        return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }

    /**
     * Returns the time of a clock in nanoseconds.
     *
     * @param clock a number of clock_gettime(2)
     * @param scratch 16 bytes of memory, which this overwrites
     */
    public static long nanos(int clock, Pointer scratch) {
        clock_gettime(clock, scratch);
        return scratch.getLong(0) * NANOS_PER_SECOND + scratch.getLong(Long.BYTES);
    }

    /**
     * Returns whether the other end of a pipe or a socket is gone: poll(2) reports POLLERR of a pipe without a reader,
     * and POLLHUP of a socket without a peer, unasked.
     */
    public static boolean isHungUp(int fd) {
        try (Memory pollfd = new Memory(POLLFD_SIZE)) {
            pollfd.clear();
            pollfd.setInt(0, fd);
            return poll(pollfd, 1, 0) > 0 && (pollfd.getShort(REVENTS) & (POLLERR | POLLHUP)) != 0;
        }
    }

    /**
     * Returns the number of bytes that wait in a socket; 0 on failure.
     *
     * @param scratch 4 bytes of memory, which this overwrites
     */
    public static int unread(int fd, Pointer scratch) {
        return ioctl(fd, FIONREAD, scratch) == 0 ? scratch.getInt(0) : 0;
    }

    /**
     * Returns the process that made the connection, from its struct ucred; 0 if the kernel gives none.
     *
     * @param scratch 20 bytes of memory, which this overwrites
     */
    public static int peer(int fd, Pointer scratch) {
        scratch.setInt(16, UCRED_SIZE);
        return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, scratch, scratch.share(16)) == 0 ? scratch.getInt(0) : 0;
    }

    /**
     * Connects a new socket to a UNIX address without waiting, and closes it. Returns 0, or the error number.
     *
     * @param type a number of socket(2)
     * @param address a struct sockaddr_un
     */
    public static int tryToConnect(int type, byte[] address) {
        int fd = socket(AF_UNIX, type | SocketTypes.SOCK_NONBLOCK | SocketTypes.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            return Native.getLastError();
        }
        try (Memory memory = new Memory(address.length)) {
            memory.write(0, address, 0, address.length);
            return connect(fd, memory, address.length) == 0 ? 0 : Native.getLastError();
        } finally {
            close(fd);
        }
    }

    /**
     * Returns the name of a user of this machine, or null where the system knows none. It is the system's own resolver
     * that answers, since users can come from elsewhere than /etc/passwd; that can take as long as a directory server
     * takes.
     */
    public static @Nullable String userName(long uid) {
        for (int size = FIRST_TEXTS; size <= MOST_TEXTS; size *= 4) {
            try (Memory entry = new Memory(PASSWD_SIZE);
                    Memory texts = new Memory(size);
                    Memory result = new Memory(Long.BYTES)) {
                int error = getpwuid_r((int) uid, entry, texts, size, result);
                if (error != ERANGE) {
                    Pointer found = error == 0 ? result.getPointer(0) : null;
                    return found == null ? null : found.getPointer(0).getString(0, StandardCharsets.UTF_8.name());
                }
            }
        }
        return null;
    }

    /**
     * Opens a directory of kernfs, such as a cgroup, by its id; only its path can be read by the descriptor.
     *
     * @param mount where the file system is mounted
     * @return the descriptor, or a negative number of an error: -EPERM without CAP_DAC_READ_SEARCH, -ESTALE where there
     *     is no such directory
     */
    public static int openKernfs(String mount, long id) {
        byte[] path = (mount + '\0').getBytes(StandardCharsets.UTF_8);
        int at = open(path, O_CLOEXEC);
        if (at < 0) {
            return -Native.getLastError();
        }
        // A struct file_handle: size, type, and the bytes of the handle.
        try (Memory handle = new Memory(2 * Integer.BYTES + Long.BYTES)) {
            handle.setInt(0, Long.BYTES);
            handle.setInt(Integer.BYTES, FILEID_KERNFS);
            handle.setLong(2 * Integer.BYTES, id);
            int fd = open_by_handle_at(at, handle, O_PATH | O_CLOEXEC);
            return fd < 0 ? -Native.getLastError() : fd;
        } finally {
            close(at);
        }
    }
}
