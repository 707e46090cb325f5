// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import static dev.unraced.machine.SyscallNumbers.OPENAT;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.unraced.config.CaptureConfig;
import dev.unraced.gvisor.FrameReplay;
import dev.unraced.gvisor.wire.ContextData;
import dev.unraced.gvisor.wire.Credentials;
import dev.unraced.gvisor.wire.Exit;
import dev.unraced.gvisor.wire.Open;
import dev.unraced.gvisor.wire.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Measures the way of a frame from its bytes to the consumer: decoded, merged with its call's other three, written and
 * polled.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GvisorBenchmark {
    /** The message types of gVisor's common.proto. */
    private static final int RAW = 6;

    private static final int OPEN = 7;

    private static final int HEADER = 8;
    static final int FRAMES_PER_CALL = 4;
    private static final int CALLS = 250;
    static final int FRAMES_PER_MERGE = FRAMES_PER_CALL * CALLS;

    private final FrameReplay replay =
            new FrameReplay(CaptureConfig.builder().driver("gvisor").build());
    private final byte[][] frames = {
        frame(RAW, raw().build()),
        frame(OPEN, open().build()),
        frame(RAW, raw().setExit(exit()).build()),
        frame(OPEN, open().setExit(exit()).build())
    };
    private final byte[][] payloads = {
        raw().build().toByteArray(),
        open().build().toByteArray(),
        raw().setExit(exit()).build().toByteArray(),
        open().setExit(exit()).build().toByteArray()
    };

    /** Measures the driver's work for one frame, in time and bytes. */
    @Benchmark
    @OperationsPerInvocation(FRAMES_PER_MERGE)
    public int merge() {
        for (int call = 0; call < CALLS; call++) {
            for (byte[] frame : frames) {
                replay.accept(frame, frame.length);
            }
        }
        return replay.poll(event -> {});
    }

    /** Measures only the parsing of the same messages, by the classes that protoc makes. */
    @Benchmark
    @OperationsPerInvocation(FRAMES_PER_CALL)
    public void protobuf(Blackhole hole) throws InvalidProtocolBufferException {
        hole.consume(Syscall.parseFrom(payloads[0]));
        hole.consume(Open.parseFrom(payloads[1]));
        hole.consume(Syscall.parseFrom(payloads[2]));
        hole.consume(Open.parseFrom(payloads[3]));
    }

    /** Parses the messages for a caller without a black hole, and returns the sum of their call numbers. */
    long parse() throws InvalidProtocolBufferException {
        return Syscall.parseFrom(payloads[0]).getSysno()
                + Open.parseFrom(payloads[1]).getSysno()
                + Syscall.parseFrom(payloads[2]).getSysno()
                + Open.parseFrom(payloads[3]).getSysno();
    }

    private static Syscall.Builder raw() {
        return Syscall.newBuilder()
                .setContextData(context())
                .setSysno(OPENAT)
                .setArg1(-100)
                .setArg2(0x7fff_1234_5678L)
                .setArg3(0x8_0000);
    }

    private static Open.Builder open() {
        return Open.newBuilder()
                .setContextData(context().toBuilder().setProcessName(ByteString.copyFromUtf8("server")))
                .setSysno(OPENAT)
                .setFd(-100)
                .setPathname(ByteString.copyFromUtf8("/usr/lib/x86_64-linux-gnu/libc.so.6"))
                .setFlags(0x8_0000);
    }

    private static Exit exit() {
        return Exit.newBuilder().setResult(3).build();
    }

    private static ContextData context() {
        return ContextData.newBuilder()
                .setTimeNs(1_795_565_485_174_719_740L)
                .setThreadId(17)
                .setThreadStartTimeNs(1_795_565_480_000_000_000L)
                .setThreadGroupId(17)
                .setContainerId(
                        ByteString.copyFromUtf8("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"))
                .setCredentials(Credentials.newBuilder().setRealUid(1000).setRealGid(1000))
                .build();
    }

    private static byte[] frame(int type, MessageLite message) {
        byte[] payload = message.toByteArray();
        return ByteBuffer.allocate(HEADER + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) HEADER)
                .putShort((short) type)
                .putInt(0)
                .put(payload)
                .array();
    }
}
