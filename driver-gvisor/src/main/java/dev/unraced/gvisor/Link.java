// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.unraced.gvisor.wire.Handshake;
import dev.unraced.natives.LibC;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of one sandbox, and the thread that receives from it. The thread shakes hands, and from then on only moves
 * frames into the queue. When the queue is full the thread waits, and so in the end does the sandbox.
 */
final class Link implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);

    /** The version of the protocol that sentries speak: wire.CurrentVersion of pkg/sentry/seccheck/sinks/remote. */
    private static final int VERSION = 1;

    private static final int HANDSHAKE_SIZE = 64;
    private static final int MILLI = 1_000_000;
    private static final int LOOK_MILLIS = 500;
    private static final long ROOM_NANOS = 100_000;
    /** After this many frames in a row the sandbox's socket may have been full: it holds 278 of the smallest. */
    private static final int PRESSURE = 64;

    /** The calls from a link to its owner. */
    interface Owner {
        /** The sandbox is about to get the answer to its handshake, upon which frames may follow. */
        void ready(Link link);

        /** Frames have come, or the stream has ended. */
        void ring();

        /** Nothing more will come, and the socket is closed. */
        void gone(Link link);
    }

    private final Owner owner;
    private final long handshakeNanos;
    private final int queueBytes;
    private final Memory polled = new Memory(8);
    private final Memory scratch = new Memory(HANDSHAKE_SIZE);
    private final Connection connection;
    private final Object socketLock = new Object();
    private int fd;

    /** Null until a handshake has come: a peer that sends none takes no memory for frames. */
    private @Nullable FrameQueue queue;

    private volatile boolean stopping;
    private volatile boolean receiving;
    private volatile boolean ended;
    private volatile boolean pressed;
    private volatile boolean paused;
    private final AtomicLong oversized = new AtomicLong();

    /** Makes a link over an accepted socket, which the link closes at its end. */
    Link(int fd, int number, int queueBytes, long handshakeNanos, Owner owner) {
        this.fd = fd;
        this.owner = owner;
        this.handshakeNanos = handshakeNanos;
        this.queueBytes = queueBytes;
        this.connection = new Connection(number, LibC.peer(fd, scratch));
        connection.isAttached = isAttaching(connection.peer);
        polled.setInt(0, fd);
        polled.setShort(4, (short) (LibC.POLLIN | LibC.POLLRDHUP));
    }

    Connection connection() {
        return connection;
    }

    /** Returns the queue of a sandbox that has shaken hands. */
    FrameQueue queue() {
        return Objects.requireNonNull(queue);
    }

    /** Returns whether everything that the sandbox sent is in the queue, and the stream has ended. */
    boolean isEnded() {
        return ended;
    }

    /** Returns whether frames had piled up when the sandbox ended. */
    boolean wasPressed() {
        return pressed;
    }

    /** Returns the number of frames that were too large. */
    long oversized() {
        return oversized.get();
    }

    /** Returns whether a frame that was sent is not in the queue yet. */
    boolean isReceiving(Pointer memory) {
        synchronized (socketLock) {
            // In this order, a frame that the thread takes off the socket meanwhile shows in its flag.
            return fd >= 0 && (LibC.unread(fd, memory) > 0 || receiving);
        }
    }

    /** Stops or resumes receiving, for tests of a monitor that stalls. */
    void pause(boolean stalled) {
        paused = stalled;
    }

    /** Ends the receiving; the thread notices it soon. */
    void stop() {
        stopping = true;
        synchronized (socketLock) {
            if (fd >= 0) {
                LibC.shutdown(fd, LibC.SHUT_RDWR);
            }
        }
    }

    @Override
    public void run() {
        try {
            if (isGreeted() && makeQueue()) {
                // The owner knows of the sandbox before it runs, so statistics wait for its first frame, too.
                owner.ready(this);
                if (answer()) {
                    receive();
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("Receiving from sandbox {} failed", connection.number, e);
        } finally {
            ended = true;
            synchronized (socketLock) {
                LibC.close(fd);
                fd = -1;
            }
            owner.gone(this);
        }
    }

    /** Receives the handshake, and turns away a peer that does not speak the protocol. */
    private boolean isGreeted() {
        if (!await((int) Math.max(1, handshakeNanos / MILLI))) {
            LOG.warn("A peer (process {}) sent no handshake in time and is turned away", connection.peer);
            return false;
        }
        int length =
                (int) LibC.recv(fd, Pointer.nativeValue(scratch), HANDSHAKE_SIZE, LibC.MSG_DONTWAIT | LibC.MSG_TRUNC);
        if (length == 0 && isOver()) {
            // The peer only checked for a listener.
            LOG.debug("A peer (process {}) left without a word", connection.peer);
            return false;
        }
        if (length < 0 || length > HANDSHAKE_SIZE || version(scratch.getByteArray(0, length)) < VERSION) {
            LOG.warn("A peer (process {}) does not shake hands as a sandbox does and is turned away", connection.peer);
            return false;
        }
        return true;
    }

    /** Makes the queue before the answer, upon which a sandbox runs: one that cannot be watched does not start. */
    private boolean makeQueue() {
        try {
            queue = new FrameQueue(queueBytes);
            return true;
        } catch (OutOfMemoryError e) {
            LOG.error(
                    "There is no memory for the frames of sandbox {}, which is turned away: lower"
                            + " unraced.gvisor.queue-bytes, or raise the JVM's limit of direct memory"
                            + " (-XX:MaxDirectMemorySize)",
                    connection.number,
                    e);
            return false;
        }
    }

    /** Answers the handshake, for which a sandbox waits without a time limit. */
    private boolean answer() {
        byte[] answer = Handshake.newBuilder().setVersion(VERSION).build().toByteArray();
        scratch.write(0, answer, 0, answer.length);
        return LibC.send(fd, scratch, answer.length, LibC.MSG_NOSIGNAL) == answer.length;
    }

    /** Returns the unsigned version in a handshake, or -1 when the message is no handshake. */
    private static long version(byte[] message) {
        try {
            return Handshake.parseFrom(message).getVersion() & 0xffff_ffffL;
        } catch (InvalidProtocolBufferException e) {
            return -1;
        }
    }

    /** Returns whether the process that connects, and waits for the handshake, is {@code runsc trace create}. */
    private static boolean isAttaching(int peer) {
        try {
            return Files.readString(Path.of("/proc/" + peer + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .contains("\0trace\0create\0");
        } catch (IOException e) {
            // The process has ended, or lives in another pid namespace.
            return false;
        }
    }

    private void receive() {
        boolean more = true;
        while (more && !stopping) {
            if (!paused && await(LOOK_MILLIS)) {
                receiving = true;
                more = drain();
                receiving = false;
                owner.ring();
            } else if (paused) {
                LockSupport.parkNanos(MILLI);
            }
        }
    }

    /** Receives until nothing is left; returns false at the end of the stream. */
    private boolean drain() {
        FrameQueue queue = queue();
        boolean over = false;
        for (int count = 1; !stopping && !paused; count++) {
            long room = room(queue);
            if (room == 0) {
                return false;
            }
            long length = LibC.recv(fd, room, FrameQueue.LARGEST_FRAME, LibC.MSG_DONTWAIT | LibC.MSG_TRUNC);
            if (length > FrameQueue.LARGEST_FRAME) {
                oversized.incrementAndGet();
            } else if (length > 0) {
                queue.add((int) length);
            } else if (over) {
                pressed = count > PRESSURE;
                return false;
            } else if (isOver()) {
                // A frame that came between the two looks can still be received.
                over = true;
            } else if (length < 0) {
                return true;
            } else {
                queue.add(0);
            }
            if (count % PRESSURE == 0) {
                owner.ring();
            }
        }
        return !stopping;
    }

    private long room(FrameQueue queue) {
        long room = queue.room();
        while (room == 0 && !stopping) {
            owner.ring();
            LockSupport.parkNanos(ROOM_NANOS);
            room = queue.room();
        }
        return room;
    }

    /** Returns whether the peer has closed. An empty message and the end look the same to recv(2). */
    private boolean isOver() {
        return LibC.poll(polled, 1, 0) > 0
                && (polled.getShort(6) & (LibC.POLLHUP | LibC.POLLRDHUP | LibC.POLLERR)) != 0;
    }

    private boolean await(int millis) {
        return LibC.poll(polled, 1, millis) > 0;
    }
}
