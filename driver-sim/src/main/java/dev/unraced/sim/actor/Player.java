// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import static dev.unraced.event.Sockaddr.AF_INET;

import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import dev.unraced.linux.Errno;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.fs.OpenAttempt;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.OpenRequest;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import dev.unraced.sim.net.SocketResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Carries out some of the commands of the actor. */
abstract class Player {
    final ActorProcesses processes;
    final Kernel kernel;
    final Task main;

    Player(ActorProcesses processes) {
        this.processes = processes;
        this.kernel = processes.kernel();
        this.main = processes.main();
    }

    /** Opens a file without a call, so that the observer sees none. */
    final OpenFile file(Task task, byte[] path, long flags) {
        return file(task, OpenFlags.AT_FDCWD, path, flags);
    }

    final OpenFile file(Task task, int dirfd, byte[] path, long flags) {
        return opened(kernel.files().open(task, dirfd, path, new OpenRequest(flags, 0, 0)));
    }

    static OpenFile opened(OpenAttempt attempt) {
        OpenFile file = attempt.file();
        if (file == null) {
            throw new RefusedException("a file cannot be opened: errno " + attempt.error());
        }
        return file;
    }

    /** Makes a socket of the family of an address. */
    final Socket newSocket(byte[] address, int type) {
        return made(kernel.network().socket(new Sockaddr(ByteString.copyOf(address)).family(), type, 0));
    }

    final OpenFile socketFile(byte[] address, int type) {
        return kernel.files().socketFile(newSocket(address, type));
    }

    /** Makes a datagram socket of IPv4. */
    final OpenFile datagramSocket() {
        return kernel.files().socketFile(made(kernel.network().socket(AF_INET, SocketTypes.SOCK_DGRAM, 0)));
    }

    static Socket made(SocketResult result) {
        Socket socket = result.socket();
        if (socket == null) {
            throw new RefusedException("errno " + result.errno());
        }
        return socket;
    }

    /** Returns the socket behind a descriptor, or null. */
    static @Nullable Socket socket(Task task, int fd) {
        OpenFile file = task.descriptor(fd);
        return file != null && file.privateData() instanceof Socket socket ? socket : null;
    }

    /** Returns the socket behind a descriptor of the main thread. */
    final Socket socketOf(int fd) {
        Socket socket = socket(main, fd);
        if (socket == null) {
            throw new RefusedException("errno " + Errno.ENOTSOCK);
        }
        return socket;
    }

    /** Returns the peer's address of the socket behind a descriptor of the main thread; null when there is none. */
    final byte @Nullable [] peer(int fd) {
        Socket socket = socket(main, fd);
        return socket == null ? null : kernel.network().peerName(socket);
    }

    /**
     * Returns an attacker that writes the second and the first version of some memory in turns.
     *
     * @param rarity the attacker writes at one step in this many, on average
     */
    final Rounds.Attacker rewriting(int rarity, long address, byte[]... versions) {
        return (call, acts) -> {
            boolean writes = processes.random().nextInt(rarity) == 0;
            if (writes) {
                main.group().memory().write(address, versions[(acts + 1) & 1]);
            }
            return writes;
        };
    }

    /**
     * Has threads take turns at random, until each has nothing more to do. The lock covers one turn: other threads may
     * switch modes between any two.
     *
     * @param turn returns whether its thread has more to do
     */
    final <T> void takeTurns(List<T> all, Predicate<T> turn) {
        List<T> busy = new ArrayList<>(all);
        while (!busy.isEmpty()) {
            synchronized (kernel) {
                int chosen = processes.random().nextInt(busy.size());
                if (!turn.test(busy.get(chosen))) {
                    busy.remove(chosen);
                }
            }
        }
    }

    /** Ends a child, and answers with its thread. */
    final Answer ended(Task child) {
        processes.end(child.group());
        return new Answer().with("tid", child.tid());
    }

    /** Fails when the kernel's result is a negated error number. */
    static Answer done(int result) {
        if (result < 0) {
            throw new RefusedException("errno " + -result);
        }
        return new Answer();
    }

    static Answer done(Runnable act) {
        act.run();
        return new Answer();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Returns a text behind some bytes. */
    static byte[] joined(byte[] base, String tail) {
        byte[] joined = Arrays.copyOf(base, base.length + tail.length());
        System.arraycopy(bytes(tail), 0, joined, base.length, tail.length());
        return joined;
    }

    static byte[] terminated(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
