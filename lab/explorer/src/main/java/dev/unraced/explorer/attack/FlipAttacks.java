// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.explorer.attack.Moves.write;

import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.kernel.ArgumentBytes;
import dev.unraced.sim.kernel.Task;

/**
 * Attacks in which one thread calls and another rewrites the argument, for each kind of argument and each kind of call.
 */
final class FlipAttacks {
    static final String EVIL = "/tmp/evil";
    static final String HARMLESS = "/tmp/harmless";

    private FlipAttacks() {}

    static Attack flip() {
        return Attack.of("flip", "the path is evil only while the kernel copies it", """
                A thread opens a path that another one rewrites: to the evil one, and back to the harmless one. Both files \
                exist, so the object that was opened tells what was meant.""", setup -> {
            setup.file(EVIL);
            setup.file(HARMLESS);
            flipped(setup);
        });
    }

    static Attack flipMissing() {
        return Attack.of("flip-missing", "the same, of an open that fails", """
                As flip, but neither file exists: somebody probes for a file, or a policy refuses the open. There is no \
                object to compare the path with, and the path is harmless again when the call returns.""", FlipAttacks::flipped);
    }

    private static void flipped(AttackSetup setup) {
        Task task = setup.process("caller");
        long path = setup.buffer(task, HARMLESS);
        setup.flippedOpen(task, path, EVIL, HARMLESS);
    }

    static Attack flipConnect() {
        return Attack.of(
                "flip-connect",
                "the address of a connect, flipped",
                """
                A thread connects a datagram socket to an address that another one rewrites and restores. The socket knows \
                its peer.""",
                setup -> connect(setup, SocketTypes.SOCK_DGRAM));
    }

    static Attack flipRefused() {
        return Attack.of(
                "flip-refused",
                "the same, of a connect that is refused",
                """
                As flip-connect with TCP, and nobody listens at either address: a port scan under a false name. A socket \
                without a connection has no peer to compare with.""",
                setup -> connect(setup, SocketTypes.SOCK_STREAM));
    }

    private static void connect(AttackSetup setup, int type) {
        Task task = setup.process("caller");
        int fd = setup.socket(task, AF_INET, type);
        byte[] harmless = Moves.inet(53, 127, 0, 0, 1);
        byte[] evil = Moves.inet(53, 127, 0, 0, 66);
        setup.hides(evil);
        long address = task.group().memory().place(harmless);
        setup.caller("caller", task).then(Moves.connect(fd, address, harmless.length));
        setup.attacker("flipper", setup.thread(task))
                .then(write("address", address, evil, Words.address(evil)))
                .then(write("address", address, harmless, Words.address(harmless)));
    }

    static Attack flipHow() {
        return Attack.of("flip-how", "the flags of openat2, flipped", """
                openat2 takes its flags from memory. Another thread makes them O_WRONLY while the kernel copies them; no \
                object tells afterwards with which flags it was asked for.""", setup -> {
            setup.file(HARMLESS);
            Task task = setup.process("caller");
            long path = setup.buffer(task, HARMLESS);
            byte[] reads = ArgumentBytes.openHow(OpenFlags.O_RDONLY, 0, 0);
            byte[] writes = ArgumentBytes.openHow(OpenFlags.O_WRONLY, 0, 0);
            long how = task.group().memory().place(reads);
            setup.caller("caller", task).then(Moves.openat2("path", path, how));
            setup.attacker("flipper", setup.thread(task))
                    .then(write("how", how, writes, "{O_WRONLY}"))
                    .then(write("how", how, reads, "{O_RDONLY}"));
        });
    }

    static Attack ioUring() {
        return ioUring("io-uring", "a request on an io_uring, completed at once", false);
    }

    static Attack ioUringWorker() {
        return ioUring("io-uring-worker", "a request on an io_uring, completed by a worker of the kernel's", true);
    }

    private static Attack ioUring(String name, String title, boolean onWorker) {
        return Attack.of(name, title, """
                The open is submitted to an io_uring, which an observer of system calls alone does not see. The path is \
                flipped as in flip.""", setup -> {
            setup.file(EVIL);
            setup.file(HARMLESS);
            Task task = setup.process("caller");
            long path = setup.buffer(task, HARMLESS);
            setup.caller("submitter", task).then(Moves.submitOpenat("path", path, onWorker));
            setup.attacker("flipper", setup.thread(task))
                    .then(write("path", path, EVIL))
                    .then(write("path", path, HARMLESS));
            if (onWorker) {
                setup.worker("worker");
            }
        });
    }
}
