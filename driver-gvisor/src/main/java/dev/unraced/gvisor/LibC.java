// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.unraced.event.Sockaddr;
import dev.unraced.linux.SocketTypes;
import dev.unraced.natives.JnaDispatch;

/**
 * The functions of the C library that the driver calls, by direct mapping; {@code long} stands for size_t and addresses
 * of 64-bit Linux.
 */
final class LibC {
    static final int AF_UNIX = Sockaddr.AF_UNIX;
    static final int SOCK_SEQPACKET = SocketTypes.SOCK_SEQPACKET;
    static final int SOCK_CLOEXEC = SocketTypes.SOCK_CLOEXEC;
    static final int SHUT_RDWR = 2;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final short POLLIN = 1;
    static final short POLLERR = 8;
    static final short POLLHUP = 0x10;
    static final short POLLRDHUP = 0x2000;
    static final int CLOCK_REALTIME = 0;
    static final int CLOCK_BOOTTIME = 7;

    /** The ioctl(2) for the number of bytes that wait to be received. */
    private static final long FIONREAD = 0x541B;

    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;

    static {
        JnaDispatch.require(Native.class);
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, Pointer address, int length);

    static native int connect(int fd, Pointer address, int length);

    static native int listen(int fd, int backlog);

    static native int accept4(int fd, long address, long length, int flags);

    static native int shutdown(int fd, int how);

    static native int close(int fd);

    static native long recv(int fd, long buffer, long length, int flags);

    static native long send(int fd, Pointer buffer, long length, int flags);

    static native int poll(Pointer fds, long count, int timeoutMillis);

    static native int ioctl(int fd, long request, Pointer argument);

    static native int getsockopt(int fd, int level, int name, Pointer value, Pointer length);

    static native int clock_gettime(int clock, Pointer time);

    /** Returns the number of bytes that wait in a socket. */
    static int unread(int fd, Pointer scratch) {
        return ioctl(fd, FIONREAD, scratch) == 0 ? scratch.getInt(0) : 0;
    }

    /** Returns the process that made the connection, from its struct ucred; 0 if the kernel gives none. */
    static int peer(int fd, Pointer scratch) {
        scratch.setInt(16, 12);
        return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, scratch, scratch.share(16)) == 0 ? scratch.getInt(0) : 0;
    }
}
