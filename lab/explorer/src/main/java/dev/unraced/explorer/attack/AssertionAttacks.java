// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.explorer.attack.FlipAttacks.EVIL;
import static dev.unraced.explorer.attack.FlipAttacks.HARMLESS;
import static dev.unraced.explorer.attack.Moves.bytes;
import static dev.unraced.explorer.attack.Moves.connect;
import static dev.unraced.explorer.attack.Moves.openat;
import static dev.unraced.explorer.attack.WindowAttacks.PIPE;
import static dev.unraced.linux.OpenFlags.AT_FDCWD;
import static dev.unraced.machine.SyscallNumbers.OPENAT;

import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.kernel.ArgumentBytes;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.trace.Precaution;
import dev.unraced.stash.StashPolicy;

/**
 * Attacks on what an observer asserts from outside of the call: the file, the peer, the namespace, whether the call
 * ran.
 */
final class AssertionAttacks {
    private static final int PORT = 53;
    /** The number of openat, which a forged refusal has as its result. */
    private AssertionAttacks() {}

    static Attack sharedSocket() {
        return Attack.of("shared-socket", "another process connects the same socket again", """
                        A socket is inherited by a child process, so that neither descriptor table is shared. Before the \
                        parent's connect returns, the child connects the socket to a harmless address, which is the peer that \
                        an observer finds at the return.""", setup -> {
                    Task task = setup.process("caller");
                    int fd = setup.socket(task, AF_INET, SocketTypes.SOCK_DGRAM);
                    Task child = setup.child(task, "child");
                    byte[] evil = Moves.inet(PORT, 127, 0, 0, 66);
                    byte[] harmless = Moves.inet(PORT, 127, 0, 0, 1);
                    setup.hides(evil);
                    long address = task.group().memory().place(evil);
                    long other = child.group().memory().place(harmless);
                    setup.caller("caller", task).then(connect(fd, address, evil.length));
                    setup.attacker("child", child).then(connect(fd, other, harmless.length));
                })
                .naive(Precaution.OVERLAPS);
    }

    static Attack scope() {
        return Attack.of("scope", "the interface of a link-local address, flipped", """
                        Two interfaces have the same link-local address, so that only the scope id tells which peer is meant. \
                        Another process, which shares the page alone, flips it while the kernel copies the address.""", setup -> {
                    setup.kernel().network().addLink(2);
                    setup.kernel().network().addLink(3);
                    Task task = setup.process("caller");
                    int fd = setup.socket(task, AF_INET6, SocketTypes.SOCK_DGRAM);
                    byte[] harmless = Moves.linkLocal(PORT, 2);
                    byte[] evil = Moves.linkLocal(PORT, 3);
                    setup.hides(evil);
                    long address = task.group().memory().place(harmless);
                    setup.caller("caller", task).then(connect(fd, address, harmless.length));
                    setup.attacker("flipper", setup.process("flipper"))
                            .then(Moves.writeTo(task, address, evil, "scope := 3"))
                            .then(Moves.writeTo(task, address, harmless, "scope := 2"));
                })
                .naive(Precaution.SCOPES);
    }

    static Attack socketcall() {
        return Attack.of(
                        "socketcall",
                        "the descriptor of a 32-bit connect lies in memory, and is flipped",
                        """
                        socketcall(2) takes descriptor, pointer and length from a block of memory. It names a socket that is \
                        connected to a harmless address; another process, which shares the page alone, puts the evil \
                        socket's descriptor there while the kernel copies the block.""",
                        setup -> {
                            Task task = setup.process("caller");
                            byte[] harmless = Moves.inet(PORT, 127, 0, 0, 1);
                            byte[] evil = Moves.inet(PORT, 127, 0, 0, 66);
                            setup.hides(evil);
                            int decoy = setup.connected(task, harmless);
                            int fd = setup.socket(task, AF_INET, SocketTypes.SOCK_DGRAM);
                            long address = task.group().memory().place(evil);
                            byte[] ofDecoy = ArgumentBytes.socketcallBlock(decoy, address, evil.length);
                            long block = task.group().memory().place(ofDecoy);
                            setup.caller("caller", task)
                                    .then(Action.call(
                                            "socketcall(SYS_CONNECT, block)",
                                            (kernel, self) -> kernel.beginSocketcall(self, block)));
                            setup.attacker("flipper", setup.process("flipper"))
                                    .then(Moves.writeTo(
                                            task,
                                            block,
                                            ArgumentBytes.socketcallBlock(fd, address, evil.length),
                                            "descriptor := " + fd))
                                    .then(Moves.writeTo(task, block, ofDecoy, "descriptor := " + decoy));
                        })
                .naive(Precaution.BLOCKS);
    }

    static Attack uringBatch() {
        return Attack.of("uring-batch", "one submission opens a file, closes it and opens another", """
                        A thread submits three requests to an io_uring at once: an open of the evil file, a close, and an open \
                        of a harmless one, which gets the same descriptor. The kernel tells of the completions when all three \
                        are carried out; only then is the descriptor looked up.""", setup -> {
                    setup.file(EVIL);
                    setup.file(HARMLESS);
                    Task task = setup.process("submitter");
                    long evil = setup.buffer(task, EVIL);
                    long harmless = setup.buffer(task, HARMLESS);
                    setup.caller("submitter", task)
                            .then(Action.call(
                                    "io_uring: openat(evil), close(0), openat(harmless)",
                                    (kernel, self) -> kernel.submitTogether(self, requests -> {
                                        requests.call(Syscall.OPENAT, AT_FDCWD, evil, 0, 0);
                                        requests.close(0);
                                        requests.call(Syscall.OPENAT, AT_FDCWD, harmless, 0, 0);
                                    })));
                })
                .naive(Precaution.BATCHES);
    }

    static Attack uringBatchConnect() {
        return Attack.of("uring-reconnect", "one submission connects a socket to two addresses", """
                        As uring-batch, with a datagram socket: a connect to the evil address, a send, and a connect to a \
                        harmless one. The socket knows the last peer alone.""", setup -> {
                    Task task = setup.process("submitter");
                    int fd = setup.socket(task, AF_INET, SocketTypes.SOCK_DGRAM);
                    byte[] evil = Moves.inet(PORT, 127, 0, 0, 66);
                    byte[] harmless = Moves.inet(PORT, 127, 0, 0, 1);
                    setup.hides(evil);
                    long first = task.group().memory().place(evil);
                    long second = task.group().memory().place(harmless);
                    setup.caller("submitter", task)
                            .then(Action.call(
                                    "io_uring: connect(evil), send, connect(harmless)",
                                    (kernel, self) -> kernel.submitTogether(self, requests -> {
                                        requests.call(Syscall.CONNECT, fd, first, evil.length);
                                        requests.other(sender -> {
                                            // The data sent has no effect here.
                                        });
                                        requests.call(Syscall.CONNECT, fd, second, harmless.length);
                                    })));
                })
                .naive(Precaution.BATCHES, Precaution.OVERLAPS);
    }

    static Attack lateNamespace() {
        return Attack.of(
                        "late-namespace",
                        "a worker opens the path in a namespace that its process has left",
                        """
                        A process is in a mount namespace of its own, where the evil file is mounted over the harmless one. It \
                        lets a thread of the kernel's open the harmless path, and moves to the namespace of the host \
                        meanwhile. The event names the host's, where the path leads to another file.""",
                        setup -> {
                            setup.file(EVIL);
                            setup.file(HARMLESS);
                            Task host = setup.process("host");
                            Task task = setup.process("submitter");
                            AttackSetup.require(setup.kernel().unshare(task));
                            AttackSetup.require(setup.kernel().files().bindMount(task, bytes(EVIL), bytes(HARMLESS)));
                            long path = setup.buffer(task, HARMLESS);
                            setup.hides(bytes(HARMLESS));
                            setup.caller("submitter", task)
                                    .then(Moves.submitOpenat("path", path, true))
                                    .then(Action.user(
                                            "setns: the host's mounts",
                                            (kernel, self) -> kernel.enterNamespace(self, host.group())));
                            setup.worker("worker");
                        })
                .naive(Precaution.NAMESPACES);
    }

    static Attack forgedSigsys() {
        return Attack.of("forged-sigsys", "an open that ran looks like one that a filter refused", """
                        A call that seccomp refuses by SIGSYS returns its own number, with the signal pending and no entry. \
                        So does this one, which runs: the stash of one entry is full, SIGSYS is blocked and pending, and so \
                        many descriptors are taken that the open returns the number of openat.""", setup -> {
                    setup.fifo(PIPE);
                    setup.file(EVIL);
                    setup.blocked(setup.process("blocked"), PIPE);
                    Task task = setup.process("caller");
                    int taken = setup.opened(task, "/etc/hostname", OpenFlags.O_RDONLY);
                    for (int fd = 0; fd < OPENAT; fd++) {
                        task.group().descriptors().duplicate(taken, fd);
                    }
                    long path = setup.buffer(task, EVIL);
                    setup.caller("caller", task).then(openat("path", path));
                    setup.attacker("accomplice", setup.process("accomplice"))
                            .then(Action.user(
                                    "sends SIGSYS, which is blocked", (kernel, self) -> kernel.pendSigsys(task)));
                })
                .stash(StashPolicy.HASH, 1)
                .naive(Precaution.ENTRY_TRACES);
    }

    static Attack neverRan() {
        return Attack.of("never-ran", "a call that never ran returns somebody else's descriptor", """
                        A seccomp filter, or a tracer, answers an open before it runs, by a number of its choice: that of a \
                        descriptor that is open. An observer that is attached meanwhile cannot tell such a call from one \
                        whose entry it missed, unless it has seen the thread return before.""", setup -> {
                    setup.file(EVIL);
                    setup.file(HARMLESS);
                    Task task = setup.process("caller");
                    int open = setup.opened(task, HARMLESS, OpenFlags.O_RDONLY);
                    long path = setup.buffer(task, EVIL);
                    setup.caller("caller", task)
                            .then(openat("path", path))
                            .then(Action.user(
                                    "refuses its own opens from now on",
                                    (kernel, self) -> self.group().refuse(Syscall.OPENAT, open)))
                            .then(openat("path", path));
                    setup.caller("agent", setup.process("agent")).then(setup.attaching());
                })
                .attachesLate()
                .naive(Precaution.ENTRY_TRACES);
    }

    static Attack tornPath() {
        return Attack.of("torn-path", "directories above the file are renamed while its path is read", """
                        The file is opened by a descriptor of its directory. An observer reads the way to it name by name, and \
                        between two names the directory moves elsewhere and the one above it gets another name. The mixture \
                        names a file that never was.""", setup -> {
                    setup.kernel().looksTakeSteps(true);
                    setup.directory("/tmp/good");
                    setup.directory("/tmp/good/dir");
                    setup.file("/tmp/good/dir/file");
                    Task task = setup.process("caller");
                    int directory = setup.opened(task, "/tmp/good/dir", OpenFlags.O_PATH);
                    long path = setup.buffer(task, "file");
                    setup.hides(bytes("file"));
                    setup.caller("caller", task).then(openat("path", directory, path));
                    setup.attacker("renamer", setup.process("renamer"))
                            .then(renames("/tmp/good/dir", "/tmp/dir"))
                            .then(renames("/tmp/good", "/tmp/evil"));
                })
                .naive(Precaution.SECOND_WALKS);
    }

    static Attack reset() {
        return Attack.of("reset", "the peer resets the connection before the connect returns", """
                        A TCP connect has succeeded, but not returned yet, when the server closes its listener. The kernel \
                        resets the connection, which nobody has accepted, and the client's socket no longer holds its port. \
                        getsockname(2) still tells the port, from another field.""", setup -> {
                    byte[] address = Moves.inet(PORT, 127, 0, 0, 1);
                    Task server = setup.process("server");
                    int listener = setup.listener(server, address);
                    Task task = setup.process("caller");
                    int fd = setup.socket(task, AF_INET, SocketTypes.SOCK_STREAM);
                    setup.hides(address);
                    long memory = task.group().memory().place(address);
                    setup.caller("caller", task).then(connect(fd, memory, address.length));
                    setup.attacker("server", server).then(Moves.close(listener, "closes its listener"));
                })
                .naive(Precaution.PORTS);
    }

    private static Action renames(String from, String to) {
        return Action.user(
                "renames " + from + " to " + to,
                (Kernel kernel, Task self) -> kernel.files().rename(self, bytes(from), bytes(to)));
    }
}
