// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.unraced.event.Sockaddr;
import dev.unraced.linux.SocketTypes;
import dev.unraced.natives.LibC;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A peer that shakes hands as a sandbox does, and then sends random bytes, as fast as they are received. */
final class GarbagePeer implements AutoCloseable {
    private static final int LARGEST = 4096;

    private final int fd = LibC.socket(Sockaddr.AF_UNIX, SocketTypes.SOCK_SEQPACKET | SocketTypes.SOCK_CLOEXEC, 0);
    private final Memory memory = new Memory(LARGEST);
    private final Thread thread = new Thread(this::send, "garbage");
    private volatile boolean stopping;
    private volatile long sent;

    GarbagePeer(Path endpoint) {
        Memory address = UnixAddress.of(endpoint);
        if (LibC.connect(fd, address, (int) address.size()) != 0) {
            throw new AssertionError("nobody listens on " + endpoint);
        }
        write(new byte[] {8, 1});
        LibC.recv(fd, Pointer.nativeValue(memory), LARGEST, 0);
        thread.start();
    }

    long sent() {
        return sent;
    }

    private void send() {
        try {
            Random random = new Random(20);
            List<byte[]> corpus = Corpus.frames();
            long count = 0;
            while (!stopping) {
                byte[] frame = Mutator.mutate(corpus.get(random.nextInt(corpus.size())), random);
                if (random.nextInt(10) == 0) {
                    random.nextBytes(frame);
                }
                write(frame);
                sent = ++count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(byte[] frame) {
        int length = Math.min(LARGEST, frame.length);
        memory.write(0, frame, 0, length);
        LibC.send(fd, memory, length, LibC.MSG_NOSIGNAL);
    }

    void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }

    @Override
    public void close() {
        stopping = true;
        LibC.close(fd);
    }
}
