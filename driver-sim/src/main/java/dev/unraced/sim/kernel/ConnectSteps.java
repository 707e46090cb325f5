// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import static dev.unraced.linux.Errno.EBADF;
import static dev.unraced.linux.Errno.EFAULT;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.ENOTSOCK;

import dev.unraced.event.Origin;
import dev.unraced.event.RecordLayout;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.net.Network;
import dev.unraced.sim.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/** The work of connect between entry and return: __sys_connect of net/socket.c. */
final class ConnectSteps {
    private final Network network;
    private final byte[] address = new byte[RecordLayout.ADDRESS_MAX];
    private final byte[] block = new byte[ArgumentBytes.BLOCK_SIZE];

    ConnectSteps(Network network) {
        this.network = network;
    }

    /** Returns 0, or the error that ends the call: sys_socketcall of net/socket.c. */
    int copyBlock(Task task, Call call) {
        if (!task.group.memory.copyFromUser(call.block(), block, ArgumentBytes.BLOCK_SIZE)) {
            return EFAULT;
        }
        ByteBuffer words = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        call.kernelBlock = new long[] {words.getInt(), Integer.toUnsignedLong(words.getInt()), words.getInt()};
        return 0;
    }

    /** Returns 0, or the error that ends the call. */
    int copyAddress(Task task, Call call) {
        // The kernel looks a request's descriptor up when the request is issued, but a call's before it copies the
        // address.
        if (call.origin() == Origin.SYSCALL && !findFile(task, call)) {
            return EBADF;
        }
        int length = (int) call.argument(2);
        if (length < 0 || length > RecordLayout.ADDRESS_MAX) {
            return EINVAL;
        }
        if (!task.group.memory.copyFromUser(call.argument(1), address, length)) {
            return EFAULT;
        }
        call.kernelAddress = Arrays.copyOf(address, length);
        return 0;
    }

    /** Tries the connect; returns WAIT or EXIT as the next step. */
    CallStep work(Task task, Call call) {
        if (call.file == null && !findFile(task, call)) {
            call.result = -EBADF;
            return CallStep.EXIT;
        }
        if (!(Objects.requireNonNull(call.file).privateData() instanceof Socket socket)) {
            call.result = -ENOTSOCK;
            return CallStep.EXIT;
        }
        byte[] copied = Objects.requireNonNull(call.kernelAddress);
        call.connect = network.connect(task, socket, copied, copied.length);
        return call.connect.waits() ? CallStep.WAIT : finish(call);
    }

    /** Ends the call with the result of the attempt. */
    CallStep finish(Call call) {
        call.result = Objects.requireNonNull(call.connect).result();
        return CallStep.EXIT;
    }

    private static boolean findFile(Task task, Call call) {
        OpenFile file = task.group.descriptors.get((int) call.argument(0));
        // fdget() does not find a descriptor that was opened with O_PATH.
        if (file == null || file.isPath()) {
            return false;
        }
        file.retain();
        call.file = file;
        return true;
    }
}
