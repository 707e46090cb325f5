// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.unraced.gvisor.wire.CloneInfo;
import dev.unraced.gvisor.wire.Connect;
import dev.unraced.gvisor.wire.ContainerStart;
import dev.unraced.gvisor.wire.ContextData;
import dev.unraced.gvisor.wire.Descriptor;
import dev.unraced.gvisor.wire.Execve;
import dev.unraced.gvisor.wire.ExecveInfo;
import dev.unraced.gvisor.wire.Exit;
import dev.unraced.gvisor.wire.Open;
import dev.unraced.gvisor.wire.Syscall;
import dev.unraced.gvisor.wire.TaskExit;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Compares the decoder with protoc's classes for the same messages, on real frames and on frames that no sentry would
 * send.
 */
class FrameDecoderTest {
    private static final int MUTATIONS = 200_000;
    private static final long SEED = 20_261_125;

    private final FrameDecoder decoder = new FrameDecoder();
    private final Frame frame = new Frame();

    @Test
    void readsRealFramesAsProtobufDoes() throws Exception {
        List<byte[]> corpus = Corpus.frames();
        assertThat(corpus).hasSizeGreaterThan(100);
        for (byte[] real : corpus) {
            assertThat(decoder.decode(real, real.length, frame)).isTrue();
            assertSame(real);
        }
    }

    @Test
    void readsMutatedFramesAsProtobufDoesOrNotAtAll() throws Exception {
        Random random = new Random(SEED);
        List<byte[]> corpus = Corpus.frames();
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutant = Mutator.mutate(corpus.get(random.nextInt(corpus.size())), random);
            if (decoder.decode(mutant, mutant.length, frame)) {
                read += assertSame(mutant) ? 1 : 0;
            }
        }
        assertThat(read).as("mutants that both could read").isGreaterThan(MUTATIONS / 20);
    }

    @Test
    void refusesWhatIsNoFrame() {
        for (byte[] none : List.of(
                new byte[0],
                new byte[7],
                new byte[8],
                Frames.frame(Frame.OPEN, 0, new byte[] {0x0a, 0x7f}),
                Frames.frame(
                        Frame.OPEN, 0, new byte[] {0x0a, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f}),
                Frames.frame(Frame.RAW, 0, new byte[] {0x20, (byte) 0x80}))) {
            assertThat(decoder.decode(none, none.length, frame)).isFalse();
        }
    }

    @Test
    void passesOverAHeaderThatHasGrownAndMessagesThatAreNew() {
        byte[] payload = Open.newBuilder().setSysno(257).build().toByteArray();
        byte[] grown = new byte[12 + payload.length];
        grown[0] = 12;
        grown[2] = Frame.OPEN;
        System.arraycopy(payload, 0, grown, 12, payload.length);
        assertThat(decoder.decode(grown, grown.length, frame)).isTrue();
        assertThat(frame.sysno).isEqualTo(257);

        byte[] unknown = Frames.frame(99, 5, new byte[] {1, 2, 3});
        assertThat(decoder.decode(unknown, unknown.length, frame)).isTrue();
        assertThat(frame.dropped).isEqualTo(5);
    }

    @Test
    void aSuccessWithResultZeroHasReturned() {
        byte[] zero = Frames.frame(
                Frame.OPEN,
                0,
                Open.newBuilder().setExit(Exit.getDefaultInstance()).build().toByteArray());
        assertThat(decoder.decode(zero, zero.length, frame)).isTrue();
        assertThat(frame.exit).isTrue();
        assertThat(frame.rawResult()).isZero();
    }

    /** Returns whether protobuf reads the bytes, too; then both results must be equal. */
    private boolean assertSame(byte[] bytes) {
        int header = (bytes[0] & 0xff) | ((bytes[1] & 0xff) << 8);
        ByteString payload = ByteString.copyFrom(bytes, header, bytes.length - header);
        try {
            compare(bytes, payload);
            return true;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private void compare(byte[] bytes, ByteString payload) throws InvalidProtocolBufferException {
        switch (frame.type) {
            case Frame.RAW -> {
                Syscall raw = Syscall.parseFrom(payload);
                call(bytes, raw.getContextData(), raw.hasExit(), raw.getExit(), raw.getSysno());
                assertThat(frame.args)
                        .containsExactly(
                                raw.getArg1(),
                                raw.getArg2(),
                                raw.getArg3(),
                                raw.getArg4(),
                                raw.getArg5(),
                                raw.getArg6());
            }
            case Frame.OPEN -> {
                Open open = Open.parseFrom(payload);
                call(bytes, open.getContextData(), open.hasExit(), open.getExit(), open.getSysno());
                assertThat(frame.fd).isEqualTo(open.getFd());
                assertThat(part(bytes, frame.fdPathAt, frame.fdPathLength)).isEqualTo(open.getFdPath());
                assertThat(part(bytes, frame.argumentAt, frame.argumentLength)).isEqualTo(open.getPathname());
                assertThat((int) frame.flags).isEqualTo(open.getFlags());
                assertThat((int) frame.mode).isEqualTo(open.getMode());
            }
            case Frame.CONNECT -> {
                Connect connect = Connect.parseFrom(payload);
                call(bytes, connect.getContextData(), connect.hasExit(), connect.getExit(), connect.getSysno());
                assertThat(frame.fd).isEqualTo(connect.getFd());
                assertThat(part(bytes, frame.argumentAt, frame.argumentLength)).isEqualTo(connect.getAddress());
            }
            case Frame.EXEC_CALL -> {
                Execve exec = Execve.parseFrom(payload);
                call(bytes, exec.getContextData(), exec.hasExit(), exec.getExit(), exec.getSysno());
                assertThat(frame.fd).isEqualTo(exec.getFd());
                assertThat(part(bytes, frame.argumentAt, frame.argumentLength)).isEqualTo(exec.getPathname());
                assertThat((int) frame.flags).isEqualTo(exec.getFlags());
            }
            case Frame.CLOSE, Frame.READ -> {
                Descriptor use = Descriptor.parseFrom(payload);
                call(bytes, use.getContextData(), use.hasExit(), use.getExit(), use.getSysno());
                assertThat(frame.fd).isEqualTo(use.getFd());
                assertThat(part(bytes, frame.fdPathAt, frame.fdPathLength)).isEqualTo(use.getFdPath());
            }
            case Frame.CLONE -> {
                CloneInfo clone = CloneInfo.parseFrom(payload);
                context(bytes, clone.getContextData());
                assertThat(frame.createdTid).isEqualTo(clone.getCreatedThreadId());
                assertThat(frame.createdTgid).isEqualTo(clone.getCreatedThreadGroupId());
                assertThat(frame.createdStartNanos).isEqualTo(clone.getCreatedThreadStartTimeNs());
                assertThat(frame.cloneFlags).isEqualTo(clone.getFlags());
            }
            case Frame.TASK_EXIT -> {
                TaskExit exit = TaskExit.parseFrom(payload);
                context(bytes, exit.getContextData());
                assertThat(frame.exitStatus).isEqualTo(exit.getExitStatus());
            }
            case Frame.EXEC -> {
                ExecveInfo exec = ExecveInfo.parseFrom(payload);
                context(bytes, exec.getContextData());
                assertThat(part(bytes, frame.binaryAt, frame.binaryLength)).isEqualTo(exec.getBinaryPath());
                assertThat(part(bytes, frame.argumentAt, frame.argumentLength)).isEqualTo(exec.getExecfn());
                arguments(exec.getArgvList());
            }
            case Frame.CONTAINER_START -> {
                ContainerStart start = ContainerStart.parseFrom(payload);
                context(bytes, start.getContextData());
                arguments(start.getArgsList());
            }
            default -> {}
        }
    }

    private void arguments(List<ByteString> wanted) {
        ByteString all = ByteString.copyFrom(wanted.stream()
                .map(argument -> argument.concat(ByteString.copyFrom(new byte[1])))
                .toList());
        assertThat(frame.argumentsSize).isEqualTo(all.size());
        int kept = Math.min(all.size(), frame.arguments.length);
        assertThat(part(frame.arguments, 0, kept)).isEqualTo(all.substring(0, kept));
    }

    private void call(byte[] bytes, ContextData context, boolean hasExit, Exit exit, long sysno) {
        context(bytes, context);
        assertThat(frame.exit).isEqualTo(hasExit);
        assertThat(frame.result).isEqualTo(exit.getResult());
        assertThat(frame.errno).isEqualTo(exit.getErrorno());
        assertThat(frame.sysno).isEqualTo(sysno);
    }

    private void context(byte[] bytes, ContextData context) {
        assertThat(frame.timeNanos).isEqualTo(context.getTimeNs());
        assertThat(frame.tid).isEqualTo(context.getThreadId());
        assertThat(frame.tgid).isEqualTo(context.getThreadGroupId());
        assertThat(frame.startNanos).isEqualTo(context.getThreadStartTimeNs());
        assertThat(frame.groupStartNanos).isEqualTo(context.getThreadGroupStartTimeNs());
        assertThat(frame.uid).isEqualTo(context.getCredentials().getRealUid());
        assertThat(frame.gid).isEqualTo(context.getCredentials().getRealGid());
        assertThat(frame.effectiveUid).isEqualTo(context.getCredentials().getEffectiveUid());
        assertThat(frame.effectiveGid).isEqualTo(context.getCredentials().getEffectiveGid());
        assertThat(part(bytes, frame.containerAt, frame.containerLength)).isEqualTo(context.getContainerId());
        assertThat(part(bytes, frame.commAt, frame.commLength)).isEqualTo(context.getProcessName());
    }

    private static ByteString part(byte[] bytes, int at, int length) {
        return ByteString.copyFrom(Arrays.copyOfRange(bytes, at, at + length));
    }
}
