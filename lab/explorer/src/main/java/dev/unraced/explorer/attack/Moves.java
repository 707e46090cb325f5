// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static dev.unraced.linux.OpenFlags.AT_FDCWD;
import static dev.unraced.linux.OpenFlags.O_NONBLOCK;
import static dev.unraced.linux.OpenFlags.O_RDONLY;
import static dev.unraced.linux.OpenFlags.O_WRONLY;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.OpenRequest;
import dev.unraced.sim.kernel.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The actions of an attack's threads, and the values that they use. */
final class Moves {

    private Moves() {}

    static Action openat(String what, long path) {
        return Action.call(
                "openat(" + what + ")",
                (kernel, task) -> kernel.begin(task, Syscall.OPENAT, Abi.NATIVE, AT_FDCWD, path, O_RDONLY, 0));
    }

    static Action openat(String what, int dirfd, long path) {
        return Action.call(
                "openat(" + dirfd + ", " + what + ")",
                (kernel, task) -> kernel.begin(task, Syscall.OPENAT, Abi.NATIVE, dirfd, path, O_RDONLY, 0));
    }

    static Action openat2(String what, long path, long how) {
        return Action.call(
                "openat2(" + what + ", how)",
                (kernel, task) ->
                        kernel.begin(task, Syscall.OPENAT2, Abi.NATIVE, AT_FDCWD, path, how, OpenFlags.OPEN_HOW_SIZE));
    }

    static Action connect(int fd, long address, int addrlen) {
        return Action.call(
                "connect(" + fd + ", address)",
                (kernel, task) -> kernel.begin(task, Syscall.CONNECT, Abi.NATIVE, fd, address, addrlen));
    }

    static Action submitOpenat(String what, long path, boolean onWorker) {
        return Action.call(
                "io_uring: openat(" + what + ")",
                (kernel, task) -> kernel.submit(task, Syscall.OPENAT, onWorker, AT_FDCWD, path, O_RDONLY, 0));
    }

    /** Returns a write by a process that shares a page with another one, but no descriptors. */
    static Action writeTo(Task other, long address, byte[] bytes, String text) {
        return Action.user(text, (kernel, task) -> other.group().memory().write(address, bytes));
    }

    /** Opens the other end of a FIFO without waiting. */
    static Action release(String path) {
        return Action.user(
                "opens " + path + " for writing",
                (kernel, task) ->
                        kernel.files().open(task, AT_FDCWD, bytes(path), new OpenRequest(O_WRONLY | O_NONBLOCK, 0, 0)));
    }

    static Action write(String what, long address, String text) {
        return Action.user(
                what + " := \"" + text + "\"",
                (kernel, task) -> task.group().memory().write(address, terminated(text)));
    }

    static Action write(String what, long address, byte[] bytes, String text) {
        return Action.user(
                what + " := " + text, (kernel, task) -> task.group().memory().write(address, bytes));
    }

    static Action dup2(int from, int to) {
        return Action.user(
                "dup2(" + from + ", " + to + ")",
                (kernel, task) -> task.group().descriptors().duplicate(from, to));
    }

    static Action close(int fd, String text) {
        return Action.user(text, (kernel, task) -> task.group().descriptors().close(fd));
    }

    /** Returns a struct sockaddr_in. */
    static byte[] inet(int port, int... address) {
        return new byte[] {
            2,
            0,
            (byte) (port >> 8),
            (byte) port,
            (byte) address[0],
            (byte) address[1],
            (byte) address[2],
            (byte) address[3],
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0
        };
    }

    /** Returns a struct sockaddr_in6 of fe80::66. */
    static byte[] linkLocal(int port, int scope) {
        return ByteBuffer.allocate(28)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 10)
                .put((byte) (port >> 8))
                .put((byte) port)
                .putInt(0)
                .put((byte) 0xfe)
                .put((byte) 0x80)
                .position(23)
                .put((byte) 0x66)
                .putInt(scope)
                .array();
    }

    static byte[] bytes(String text) {
        return ByteString.utf8(text).toByteArray();
    }

    static byte[] terminated(String text) {
        byte[] bytes = bytes(text);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
