// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.OpenRequest;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Carries out commands of the actor's protocol on a simulated kernel. A command ends with its answer; calls that block
 * wait in the kernel, and need no Java thread.
 *
 * <p>One thread at a time commands an actor; others may use the kernel meanwhile.
 */
public final class SimActor {
    private static final String CONTAINER = "c0ffee";
    private static final int STANDARD_DESCRIPTORS = 3;

    /** The commands that the simulated kernel does not support. */
    private static final Set<String> LACKING = Set.of("""
            memfd fuse scope-rebound uring-outlived uring-lent uring-attempt uring-polled taken-socket
            destroyed-socket bound-socket autobound-socket uring-chained fetched-attempt moved-mount
            base-swap start-elsewhere departed oldroot exec-race elevated late-exec ended nested""".split("\\s+"));

    private final Kernel kernel;
    private final Task observer;
    private final ActorProcesses processes;
    private final Handles handles;
    private final Pointers pointers;
    private final Fixtures fixtures;
    private final LoadGenerator load;
    private final Queue queue;
    private final Flips flips;
    private final Races races;
    private final Identities identities;
    private final Batches batches;
    private final SharedSockets sharedSockets;
    private final Refusals refusals;
    private final Moving moving;
    private final Elsewhere elsewhere;
    private final Blocks blocks;
    private final ReplacedSockets replacedSockets;
    private final Map<Integer, PreparedCall> jobs = new HashMap<>();
    private int lastJob;

    /**
     * Starts a new process on a kernel.
     *
     * @param observer the process that captures
     */
    public SimActor(Kernel kernel, Task observer) {
        this.kernel = kernel;
        this.observer = observer;
        synchronized (kernel) {
            processes = new ActorProcesses(kernel);
            Task main = processes.main();
            main.group().container(CONTAINER.getBytes(StandardCharsets.US_ASCII));
            byte[] path = Player.bytes("/etc/hostname");
            // Descriptors 0, 1 and 2 are taken, so that a call returns them only when it is meant to.
            for (int fd = 0; fd < STANDARD_DESCRIPTORS; fd++) {
                OpenRequest reading = new OpenRequest(0, 0, 0);
                OpenFile file = Player.opened(kernel.files().open(main, OpenFlags.AT_FDCWD, path, reading));
                main.group().descriptors().add(file);
            }
            handles = new Handles(main.group().descriptors());
            identities = new Identities(processes);
            pointers = new Pointers(main.group().memory());
        }
        fixtures = new Fixtures(processes, handles);
        load = new LoadGenerator(processes);
        queue = new Queue(processes);
        flips = new Flips(processes);
        races = new Races(processes);
        batches = new Batches(processes);
        sharedSockets = new SharedSockets(processes);
        refusals = new Refusals(processes);
        moving = new Moving(processes);
        elsewhere = new Elsewhere(processes);
        blocks = new Blocks(processes, handles);
        replacedSockets = new ReplacedSockets(processes);
    }

    /** Carries out a command; returns its answer, without a line's end. */
    public String command(String text) {
        CommandLine line = new CommandLine(text);
        try {
            return answer(line).toString();
        } catch (RefusedException e) {
            return "error " + e.getMessage();
        }
    }

    private Answer answer(CommandLine line) {
        return switch (line.verb()) {
            // These commands take long, so they lock the kernel for single steps only.
            case "bulk" -> load.bulk(line);
            case "storm" -> load.storm(line);
            case "queue" -> queue.run(line);
            case "flip" -> flips.open(line);
            case "flip-connect" -> flips.connect(line, handles);
            case "race" -> races.race(line, handles, pointers);
            default -> {
                synchronized (kernel) {
                    yield atomic(line);
                }
            }
        };
    }

    /** Ends the process and its children. */
    public void end() {
        synchronized (kernel) {
            processes.endAll();
        }
    }

    private Answer atomic(CommandLine line) {
        return switch (line.verb()) {
            case "ready" ->
                new Answer()
                        .with("protocol", 1)
                        .with("tgid", processes.main().tgid())
                        .with("uid", processes.main().group().uid())
                        .with("page", 4096)
                        .with("release", "sim");
            case "count" -> new Answer().with("begun", processes.begun()).with("ended", processes.ended());
            case "call" -> call(line);
            case "start" -> start(line);
            case "wait" -> await(line);
            case "blocked" -> Player.done(() -> job(line));
            case "move" -> {
                job(line);
                yield new Answer().with("others", 0);
            }
            case "signal" -> signal(line);
            case "buffer" ->
                Player.done(
                        () -> pointers.set(line.integer("id", 0), line.bytes("bytes"), line.integer("cold", 0) != 0));
            case "resident" -> resident(line);
            case "reuse" -> identities.reuse(line);
            case "exec" -> identities.exec(line);
            case "vfork" -> identities.vfork(line);
            case "left" -> identities.left(line);
            case "program" -> identities.program(line);
            case "ended-at-once" -> identities.endedAtOnce(line);
            case "own" -> own(line);
            case "network" -> sharedSockets.network();
            case "uring-batch" -> batches.play(line);
            case "shared-socket" -> sharedSockets.play(line);
            case "scope" -> sharedSockets.scope(line);
            case "reset" -> sharedSockets.reset(line);
            case "socketcall" -> blocks.play(line);
            case "replaced-socket" -> replacedSockets.play(line);
            case "never-ran" -> refusals.neverRan(line);
            case "forged-sigsys" -> refusals.forgedSigsys(line);
            case "torn-path" -> moving.torn(line);
            case "moved" -> moving.moved(line);
            case "mount-storm" -> elsewhere.storm(line);
            case "fd-swap" -> moving.swap(line);
            case "fd-visit" -> refusals.visit(line);
            case "late-namespace" -> elsewhere.play(line);
            case "mount" -> elsewhere.mount(line);
            default -> {
                if (LACKING.contains(line.verb())) {
                    throw new RefusedException("unsupported: the simulated kernel has no " + line.verb());
                }
                Answer answer = fixtures.command(line);
                if (answer == null) {
                    throw new RefusedException("unknown command " + line.verb());
                }
                yield answer;
            }
        };
    }

    private Answer call(CommandLine line) {
        PreparedCall call = new PreparedCall(kernel, processes.main(), pointers, handles, line);
        processes.countBegun();
        if (!call.begin()) {
            throw new RefusedException("the call blocks, and no other thread can wake it; use start");
        }
        processes.countEnded();
        return call.answer();
    }

    private Answer start(CommandLine line) {
        Task task = kernel.thread(processes.main().group());
        PreparedCall call = new PreparedCall(kernel, task, pointers, handles, line);
        processes.countBegun();
        if (call.begin()) {
            processes.countEnded();
        }
        jobs.put(++lastJob, call);
        return new Answer().with("job", lastJob).with("tid", task.tid()).with("tgid", task.tgid());
    }

    private Answer await(CommandLine line) {
        PreparedCall call = job(line);
        boolean wasOver = call.isOver();
        if (!call.goOn()) {
            kernel.clock().advance(line.number("millis", 10_000) * 1_000_000);
            throw new RefusedException("timeout: the call has not returned");
        }
        if (!wasOver) {
            processes.countEnded();
        }
        jobs.remove(line.integer("job", 0));
        Answer answer = call.answer();
        kernel.exit(call.task());
        return answer;
    }

    private Answer signal(CommandLine line) {
        Task task = job(line).task();
        kernel.signal(task, line.number("restart", 0) != 0 ? Signal.HANDLED_RESTART : Signal.HANDLED);
        kernel.run(task);
        return new Answer();
    }

    private Answer resident(CommandLine line) {
        Pointers.Pointer pointer = pointers.make(line.text("pointer", "null"));
        long last = pointer.address() + Math.max(0, pointer.length() - 1);
        Answer answer = new Answer()
                .with("first", processes.main().group().memory().isResident(pointer.address()) ? 1 : 0)
                .with("last", processes.main().group().memory().isResident(last) ? 1 : 0);
        pointers.free(pointer);
        return answer;
    }

    /** Makes calls in the process that captures. */
    private Answer own(CommandLine line) {
        long calls = line.number("calls", 0);
        for (long i = 0; i < calls; i++) {
            long address = ActorProcesses.path(observer, Player.joined(line.bytes("base"), Long.toString(i)));
            kernel.begin(observer, Syscall.OPENAT, OpenFlags.AT_FDCWD, address, 0, 0);
            kernel.run(observer);
            observer.group().memory().unmap(address);
        }
        return new Answer().with("tgid", observer.tgid());
    }

    private PreparedCall job(CommandLine line) {
        PreparedCall call = jobs.get(line.integer("job", -1));
        if (call == null) {
            throw new RefusedException("no job " + line.text("job"));
        }
        return call;
    }
}
