// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.google.protobuf.ByteString;
import dev.unraced.gvisor.wire.Execve;
import dev.unraced.gvisor.wire.Syscall;
import java.nio.charset.StandardCharsets;

/** Makes the frames of a thread's execve or execveat as a sentry does. */
final class ExecFrames {
    static final int AT_FDCWD = -100;
    private static final int EXECVE = 59;
    private static final int EXECVEAT = 322;
    private static final long PATH = 0x1000;

    private final Frames thread;
    private final int sysno;
    private final int dirfd;
    private final int flags;
    private long pointer = PATH;

    private ExecFrames(Frames thread, int sysno, int dirfd, int flags) {
        this.thread = thread;
        this.sysno = sysno;
        this.dirfd = dirfd;
        this.flags = flags;
    }

    static ExecFrames execve(Frames thread) {
        return new ExecFrames(thread, EXECVE, 0, 0);
    }

    static ExecFrames execveat(Frames thread, int dirfd, int flags) {
        return new ExecFrames(thread, EXECVEAT, dirfd, flags);
    }

    /** Sets the pointer to the path to null. */
    ExecFrames withoutPointer() {
        pointer = 0;
        return this;
    }

    byte[] rawEnter() {
        return thread.frame(Frame.RAW, raw().build());
    }

    /** Makes the payload point at entry; null for a path that the sentry did not read. */
    byte[] enter(String path) {
        return thread.frame(Frame.EXEC_CALL, payload(path).build());
    }

    byte[] rawExit(long result) {
        return thread.frame(Frame.RAW, raw().setExit(Frames.exit(result)).build());
    }

    byte[] exit(String path, long result) {
        return thread.frame(
                Frame.EXEC_CALL, payload(path).setExit(Frames.exit(result)).build());
    }

    /** Makes all frames of a call. */
    byte[][] call(String path, long result) {
        return new byte[][] {rawEnter(), enter(path), rawExit(result), exit(path, result)};
    }

    private Syscall.Builder raw() {
        Syscall.Builder raw =
                Syscall.newBuilder().setContextData(thread.context()).setSysno(sysno);
        return sysno == EXECVE
                ? raw.setArg1(pointer)
                : raw.setArg1(dirfd).setArg2(pointer).setArg5(flags);
    }

    private Execve.Builder payload(String path) {
        Execve.Builder exec = Execve.newBuilder()
                .setContextData(thread.context())
                .setSysno(sysno)
                .setFd(dirfd)
                .addArgv(ByteString.copyFromUtf8("program"))
                .setFlags(flags);
        return path == null ? exec : exec.setPathname(ByteString.copyFrom(path.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
