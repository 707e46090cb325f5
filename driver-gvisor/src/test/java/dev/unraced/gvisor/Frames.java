// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.unraced.gvisor.wire.CloneInfo;
import dev.unraced.gvisor.wire.Connect;
import dev.unraced.gvisor.wire.ContainerStart;
import dev.unraced.gvisor.wire.ContextData;
import dev.unraced.gvisor.wire.Credentials;
import dev.unraced.gvisor.wire.Descriptor;
import dev.unraced.gvisor.wire.ExecveInfo;
import dev.unraced.gvisor.wire.Exit;
import dev.unraced.gvisor.wire.Open;
import dev.unraced.gvisor.wire.Syscall;
import dev.unraced.gvisor.wire.TaskExit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes frames as a sentry does. */
final class Frames {
    static final int OPENAT = 257;
    static final int CONNECT = 42;
    private static final int EXECVE = 59;

    private final int tid;
    private final int tgid;
    private final long start;
    private long groupStart;
    private int dropped;
    private long time = 1_000;
    private String container = "pod";

    /** Makes the frames of a thread. */
    Frames(int tid, int tgid, long start) {
        this.tid = tid;
        this.tgid = tgid;
        this.start = start;
    }

    Frames container(String id) {
        container = id;
        return this;
    }

    /** Sets the start of the thread group, which sessions with process events ask for. */
    Frames groupStart(long nanos) {
        groupStart = nanos;
        return this;
    }

    /** Sets the number of dropped frames that the next frames carry. */
    Frames dropped(int count) {
        dropped = count;
        return this;
    }

    byte[] rawEnter(String path, int flags) {
        return frame(Frame.RAW, raw(path, flags).build());
    }

    byte[] rawExit(String path, int flags, long result) {
        return frame(Frame.RAW, raw(path, flags).setExit(exit(result)).build());
    }

    byte[] openEnter(String path, int flags) {
        return frame(Frame.OPEN, open(path, flags).build());
    }

    byte[] openExit(String path, int flags, long result) {
        return frame(Frame.OPEN, open(path, flags).setExit(exit(result)).build());
    }

    byte[] connectEnter(byte[] address, int fd) {
        return frame(Frame.CONNECT, connect(address, fd).build());
    }

    byte[] connectExit(byte[] address, int fd, long result) {
        return frame(Frame.CONNECT, connect(address, fd).setExit(exit(result)).build());
    }

    byte[] rawConnect(int fd, int addrlen, boolean exit, long result) {
        Syscall.Builder raw = Syscall.newBuilder()
                .setContextData(context())
                .setSysno(CONNECT)
                .setArg1(fd)
                .setArg2(0x1000)
                .setArg3(addrlen);
        return frame(Frame.RAW, exit ? raw.setExit(exit(result)).build() : raw.build());
    }

    /** Makes a raw point of a call that affects descriptors. */
    byte[] rawOf(int sysno, long arg1, long arg2) {
        return frame(
                Frame.RAW,
                Syscall.newBuilder()
                        .setContextData(context())
                        .setSysno(sysno)
                        .setArg1(arg1)
                        .setArg2(arg2)
                        .build());
    }

    byte[] use(int type, int fd, String path) {
        return frame(
                type,
                Descriptor.newBuilder()
                        .setContextData(context())
                        .setFd(fd)
                        .setFdPath(bytes(path))
                        .build());
    }

    byte[] clone(int createdTid, int createdTgid, long flags) {
        return frame(
                Frame.CLONE,
                CloneInfo.newBuilder()
                        .setContextData(context())
                        .setCreatedThreadId(createdTid)
                        .setCreatedThreadGroupId(createdTgid)
                        .setFlags(flags)
                        .build());
    }

    byte[] clone(int createdTid, int createdTgid, long createdStart, long flags) {
        return frame(
                Frame.CLONE,
                CloneInfo.newBuilder()
                        .setContextData(context())
                        .setCreatedThreadId(createdTid)
                        .setCreatedThreadGroupId(createdTgid)
                        .setCreatedThreadStartTimeNs(createdStart)
                        .setFlags(flags)
                        .build());
    }

    byte[] containerStart(String... arguments) {
        ContainerStart.Builder start = ContainerStart.newBuilder().setContextData(context());
        for (String argument : arguments) {
            start.addArgs(bytes(argument));
        }
        return frame(Frame.CONTAINER_START, start.build());
    }

    byte[] exec(String binary, String... arguments) {
        ExecveInfo.Builder exec =
                ExecveInfo.newBuilder().setContextData(context()).setBinaryPath(bytes(binary));
        for (String argument : arguments) {
            exec.addArgv(bytes(argument));
        }
        return frame(Frame.EXEC, exec.build());
    }

    /** Makes the raw point of an exec at its return. */
    byte[] execReturn(long result) {
        return frame(
                Frame.RAW,
                Syscall.newBuilder()
                        .setContextData(context())
                        .setSysno(EXECVE)
                        .setExit(exit(result))
                        .build());
    }

    byte[] taskExit() {
        return taskExit(0);
    }

    byte[] taskExit(int status) {
        return frame(
                Frame.TASK_EXIT,
                TaskExit.newBuilder()
                        .setContextData(context())
                        .setExitStatus(status)
                        .build());
    }

    byte[] frame(int type, MessageLite message) {
        return frame(type, dropped, message.toByteArray());
    }

    static byte[] frame(int type, int dropped, byte[] payload) {
        return ByteBuffer.allocate(FrameDecoder.HEADER + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) FrameDecoder.HEADER)
                .putShort((short) type)
                .putInt(dropped)
                .put(payload)
                .array();
    }

    private Syscall.Builder raw(String path, int flags) {
        return Syscall.newBuilder()
                .setContextData(context())
                .setSysno(OPENAT)
                .setArg1(-100)
                .setArg2(path == null ? 0 : 0x1000)
                .setArg3(flags);
    }

    private Open.Builder open(String path, int flags) {
        Open.Builder open = Open.newBuilder()
                .setContextData(context())
                .setSysno(OPENAT)
                .setFd(-100)
                .setFlags(flags);
        return path == null ? open : open.setPathname(bytes(path));
    }

    private Connect.Builder connect(byte[] address, int fd) {
        return Connect.newBuilder()
                .setContextData(context())
                .setSysno(CONNECT)
                .setFd(fd)
                .setAddress(ByteString.copyFrom(address));
    }

    ContextData context() {
        return ContextData.newBuilder()
                .setTimeNs(time++)
                .setThreadId(tid)
                .setThreadStartTimeNs(start)
                .setThreadGroupId(tgid)
                .setThreadGroupStartTimeNs(groupStart)
                .setContainerId(bytes(container))
                .setCredentials(Credentials.newBuilder().setRealUid(7).setRealGid(8))
                .setProcessName(bytes("program"))
                .build();
    }

    static Exit exit(long result) {
        return result >= 0
                ? Exit.newBuilder().setResult(result).build()
                : Exit.newBuilder().setErrorno(-result).build();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFrom(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
