// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import static dev.unraced.linux.Errno.E2BIG;
import static dev.unraced.linux.Errno.EFAULT;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.EMFILE;
import static dev.unraced.linux.Errno.ENAMETOOLONG;
import static dev.unraced.linux.Errno.ENOENT;

import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.FileTree;
import dev.unraced.sim.fs.OpenAttempt;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.OpenRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/** The work of open, openat, openat2 and creat between entry and return: do_sys_openat2 of fs/open.c. */
final class OpenSteps {
    /** PATH_MAX, which includes the NUL. */
    private static final int PATH_ROOM = 4096;

    private final FileTree files;
    private final byte[] path = new byte[PATH_ROOM];
    private final byte[] how = new byte[AddressSpace.PAGE];

    OpenSteps(FileTree files) {
        this.files = files;
    }

    /** Returns the index of the register that holds a call's path. */
    static int pathRegister(Syscall syscall) {
        return syscall == Syscall.OPENAT || syscall == Syscall.OPENAT2 ? 1 : 0;
    }

    /** Returns 0, or the error that ends the call. */
    int copyHow(Task task, Call call) {
        long size = call.register(3);
        if (size < OpenFlags.OPEN_HOW_SIZE) {
            return EINVAL;
        }
        if (size > AddressSpace.PAGE) {
            return E2BIG;
        }
        if (!task.group.memory.copyFromUser(call.register(2), how, (int) size)) {
            return EFAULT;
        }
        for (int i = OpenFlags.OPEN_HOW_SIZE; i < size; i++) {
            if (how[i] != 0) {
                return E2BIG;
            }
        }
        ByteBuffer fields = ByteBuffer.wrap(how).order(ByteOrder.LITTLE_ENDIAN);
        long[] copied = {fields.getLong(), fields.getLong(), fields.getLong()};
        call.kernelHow = copied;
        return OpenArguments.check(copied[0], copied[1], copied[2]);
    }

    /** Returns 0, or the error that ends the call. */
    int copyPath(Task task, Call call) {
        OpenRequest request = request(call);
        call.how = request;
        int error = OpenArguments.check(request.flags(), request.mode(), request.resolve());
        if (error != 0) {
            return error;
        }
        int length = task.group.memory.stringFromUser(call.register(pathRegister(call.syscall())), path, PATH_ROOM);
        if (length < 0) {
            return EFAULT;
        }
        if (length == PATH_ROOM) {
            return ENAMETOOLONG;
        }
        if (length == 0) {
            return ENOENT;
        }
        call.kernelPath = Arrays.copyOf(path, length);
        return 0;
    }

    /** Tries the open; returns WAIT, INSTALL or EXIT as the next step. */
    CallStep work(Task task, Call call) {
        call.reserved = task.group.descriptors.reserve(0);
        if (call.reserved < 0) {
            call.result = -EMFILE;
            return CallStep.EXIT;
        }
        call.namespace = task.fs().namespace().number();
        call.open = files.open(
                task, startDirectory(call), Objects.requireNonNull(call.kernelPath), Objects.requireNonNull(call.how));
        return call.open.waits() ? CallStep.WAIT : finish(task, call);
    }

    /** Ends the attempt, with a file or an error. */
    CallStep finish(Task task, Call call) {
        OpenAttempt attempt = Objects.requireNonNull(call.open);
        OpenFile file = attempt.file();
        if (file == null) {
            return fail(task, call, -attempt.error());
        }
        call.file = file;
        call.result = call.reserved;
        return CallStep.INSTALL;
    }

    CallStep fail(Task task, Call call, long result) {
        task.group.descriptors.giveBack(call.reserved);
        call.reserved = -1;
        call.result = result;
        return CallStep.EXIT;
    }

    void install(Task task, Call call) {
        task.group.descriptors.install(call.reserved, Objects.requireNonNull(call.file));
    }

    private static int startDirectory(Call call) {
        return pathRegister(call.syscall()) == 1 ? (int) call.register(0) : OpenFlags.AT_FDCWD;
    }

    /** Returns flags, mode and resolve as the kernel takes them. */
    private static OpenRequest request(Call call) {
        if (call.syscall() == Syscall.OPENAT2) {
            long[] copied = Objects.requireNonNull(call.kernelHow);
            return new OpenRequest(copied[0], (int) copied[1], copied[2]);
        }
        long flags = OpenFlags.CREAT_FLAGS;
        long mode = call.register(1);
        if (call.syscall() != Syscall.CREAT) {
            int register = pathRegister(call.syscall()) + 1;
            flags = OpenArguments.flagsOfOldCall(call.register(register) & 0xffff_ffffL);
            mode = call.register(register + 1);
        }
        return new OpenRequest(flags, OpenArguments.modeOfOldCall(flags, mode), 0);
    }
}
