// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.capture.Capabilities;
import dev.unraced.config.EventFilters;
import dev.unraced.config.RateLimits;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.fs.OpenRequest;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import dev.unraced.sim.trace.Seams;
import dev.unraced.sim.trace.SimSource;
import dev.unraced.sim.trace.TraceSettings;
import dev.unraced.stash.StashPolicy;
import java.util.EnumSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A small machine for one attack, and the observer that watches it. */
final class AttackSetup {
    private static final long UPTIME_NANOS = 1_000_000_000;
    private static final int MAX_THREAD_ID = 1 << 15;
    private static final int RING_BYTES = 1 << 16;
    private static final int BUFFER = 64;
    private static final Capabilities CAPABILITIES = Capabilities.complete();

    private final Kernel kernel = new Kernel(UPTIME_NANOS, MAX_THREAD_ID);
    private final TraceSettings settings;
    private final Seams seams;
    private final EventJudge judge;
    private final SimWorld world;

    /**
     * Creates a machine without the attack's own files; the observer is not attached yet.
     *
     * @param entries how many calls the observer can keep
     * @param told whether to describe each step in words
     */
    AttackSetup(Mitigation mitigation, Seams seams, StashPolicy policy, int entries, boolean told) {
        settings = new TraceSettings(
                mitigation,
                true,
                false,
                false,
                EnumSet.allOf(Syscall.class),
                0,
                EventFilters.NONE,
                RateLimits.NONE,
                policy,
                entries,
                1,
                RING_BYTES);
        ObserverNotes notes = new ObserverNotes();
        this.seams = told ? seams.withListener(notes) : seams;
        judge = new EventJudge(kernel, told);
        judge.mark(Moves.bytes(FlipAttacks.EVIL));
        world = new SimWorld(kernel, judge, told ? new TimelineRecorder(judge, notes) : null);
    }

    /** Attaches the observer, and the judge after it. */
    final void attach() {
        judge.watch(SimSource.open("sim", CAPABILITIES, kernel, settings, seams, () -> {}));
        kernel.attach(judge);
    }

    /** Sets the argument that the attack hides, instead of the evil path. */
    void hides(byte[] address) {
        judge.mark(address);
    }

    /** Returns a step that attaches the observer. */
    Action attaching() {
        return Action.user("attaches the observer", (machine, task) -> attach());
    }

    Kernel kernel() {
        return kernel;
    }

    SimWorld world() {
        return world;
    }

    void file(String path) {
        require(kernel.files().makeFile(kernel.init(), Moves.bytes(path), 0644));
    }

    void directory(String path) {
        require(kernel.files().makeDirectory(kernel.init(), Moves.bytes(path), 0755));
    }

    void fifo(String path) {
        require(kernel.files().makeFifo(kernel.init(), Moves.bytes(path), 0644));
    }

    /** Starts a process and returns its first thread. */
    Task process(String name) {
        return kernel.fork(kernel.init(), Moves.bytes(name));
    }

    /** Starts a child process with copies of the parent's descriptors. */
    Task child(Task parent, String name) {
        return kernel.fork(parent, Moves.bytes(name));
    }

    Task thread(Task sibling) {
        return kernel.thread(sibling.group());
    }

    /** Returns the address of the first buffer of any new process. */
    long firstAddress() {
        return buffer(process("template"), "");
    }

    /** Returns memory that can be rewritten. */
    long buffer(Task task, String text) {
        long address = task.group().memory().reserve(BUFFER);
        task.group().memory().write(address, Moves.terminated(text));
        return address;
    }

    /** Returns memory in a page that was never touched. */
    long coldBuffer(Task task, String text) {
        return task.group().memory().placeCold(Moves.bytes(text), 0);
    }

    /** Returns a descriptor of a new socket. */
    int socket(Task task, int family, int type) {
        Socket socket =
                Objects.requireNonNull(kernel.network().socket(family, type, 0).socket());
        return task.group().descriptors().add(kernel.files().socketFile(socket));
    }

    /** Returns a descriptor of a TCP socket that listens at an address. */
    int listener(Task task, byte[] address) {
        Socket socket = Objects.requireNonNull(kernel.network()
                .socket(Sockaddr.AF_INET, SocketTypes.SOCK_STREAM, 0)
                .socket());
        require(kernel.network().bind(task, socket, address));
        require(kernel.network().listen(socket, 1));
        return task.group().descriptors().add(kernel.files().socketFile(socket));
    }

    /** Returns a descriptor of a datagram socket that was connected before the attack begins. */
    int connected(Task task, byte[] address) {
        Socket socket = Objects.requireNonNull(kernel.network()
                .socket(Sockaddr.AF_INET, SocketTypes.SOCK_DGRAM, 0)
                .socket());
        require(kernel.network().connect(task, socket, address, address.length).result());
        return task.group().descriptors().add(kernel.files().socketFile(socket));
    }

    /** Opens a file before the attack begins. */
    int opened(Task task, String path, long flags) {
        var attempt = kernel.files().open(task, OpenFlags.AT_FDCWD, Moves.bytes(path), new OpenRequest(flags, 0, 0));
        return task.group().descriptors().add(Objects.requireNonNull(attempt.file()));
    }

    /** Lets a thread make an open that blocks, before the attack begins. */
    void blocked(Task task, String path) {
        Moves.openat("path", buffer(task, path)).effect().run(kernel, task);
        if (kernel.run(task)) {
            throw new IllegalStateException("not blocked: " + path);
        }
    }

    /**
     * Adds a thread whose calls are watched.
     *
     * @param task null for a thread that starts later
     */
    Script caller(String name, @Nullable Task task) {
        return world.add(new Script(name, false, task));
    }

    /**
     * Adds a thread that opens a path, and another thread of its process, which rewrites the path to these in turn.
     *
     * @param path the address of the path in memory
     * @return the script of the thread that rewrites
     */
    Script flippedOpen(Task task, long path, String... rewrites) {
        caller("caller", task).then(Moves.openat("path", path));
        Script flipper = attacker("flipper", thread(task));
        for (String rewrite : rewrites) {
            flipper.then(Moves.write("path", path, rewrite));
        }
        return flipper;
    }

    /** Adds a thread that interferes with the others. */
    Script attacker(String name, @Nullable Task task) {
        return world.add(new Script(name, true, task));
    }

    /** Adds the worker thread that completes a request. */
    void worker(String name) {
        world.workers().add(world.add(new Script(name, false, null)));
    }

    static void require(int result) {
        if (result < 0) {
            throw new IllegalStateException("errno " + -result);
        }
    }
}
