// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static dev.unraced.explorer.attack.FlipAttacks.EVIL;
import static dev.unraced.explorer.attack.FlipAttacks.HARMLESS;
import static dev.unraced.explorer.attack.Moves.openat;
import static dev.unraced.explorer.attack.Moves.write;
import static dev.unraced.explorer.attack.WindowAttacks.PIPE;

import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import dev.unraced.stash.StashPolicy;
import java.util.Objects;

/** Attacks that make an observer lose or confuse the arguments that it keeps between entry and return. */
final class StashAttacks {
    private StashAttacks() {}

    static Attack tidReuse() {
        return Attack.of("tid-reuse", "a thread dies in a call, and another one gets its id", """
                        A thread is killed in the midst of an open, and what was kept of it stays behind. A new thread with \
                        the same id opens another path. Neither file exists.""", setup -> {
                    Task task = setup.process("spawner");
                    Task first = setup.thread(task);
                    int id = first.tid();
                    long harmless = setup.buffer(task, HARMLESS);
                    long path = setup.buffer(task, EVIL);
                    setup.caller("first", first).then(openat("harmless", harmless));
                    Script second = setup.caller("second", null).then(openat("path", path));
                    setup.attacker("spawner", task)
                            .then(Action.user(
                                    "kills the first thread", (kernel, self) -> kernel.signal(first, Signal.VANISH)))
                            .then(Action.user(
                                            "starts a thread of the same id",
                                            (kernel, self) -> second.become(
                                                    Objects.requireNonNull(kernel.threadAs(task.group(), id))))
                                    .when((kernel, self) -> kernel.task(id) == null))
                            .then(write("path", path, HARMLESS));
                })
                .naive(NaiveStash::byThreadId);
    }

    static Attack exec() {
        return Attack.of("exec", "another thread executes a program, and takes over the first one's id", """
                        While the first thread is in a call, another one executes a program: the first dies, and the other \
                        goes on under its id and start time. The new program opens a path that a thread of its own rewrites. \
                        Neither file exists.""", setup -> {
                    Task leader = setup.process("leader");
                    long harmless = setup.buffer(leader, HARMLESS);
                    Task other = setup.thread(leader);
                    // The new program's first buffer will have this address.
                    long path = setup.firstAddress();
                    setup.caller("leader", leader).then(openat("harmless", harmless));
                    Script flipper = setup.attacker("flipper", null).then(write("path", path, HARMLESS));
                    setup.attacker("executer", other)
                            .then(Action.user(
                                    "execve: kills the others",
                                    (kernel, self) -> kernel.beginExec(self, Signal.VANISH)))
                            .then(Action.user("execve: a new program, which has a second thread", (kernel, self) -> {
                                        kernel.endExec(self, Moves.bytes("program"));
                                        setup.buffer(self, EVIL);
                                        flipper.become(setup.thread(self));
                                    })
                                    .when((kernel, self) -> kernel.canEndExec(self)))
                            .then(openat("path", path));
                })
                .naive(NaiveStash::byThreadId);
    }

    static Attack lruReuse() {
        return Attack.of("lru-reuse", "a blocked call's place in the stash is given to another call", """
                        An LRU stash of one entry gives up a blocked call for a newer one. The blocked call's path is rewritten, \
                        and a signal ends the call without an object to compare with. Under kernel the entry can still be given \
                        up between the kernel's copy and the return, by as many new calls as there are entries; the event says \
                        EVICTED then.""", setup -> {
                    setup.fifo(PIPE);
                    Task task = setup.process("caller");
                    long path = setup.buffer(task, PIPE);
                    long harmless = setup.buffer(task, HARMLESS);
                    setup.caller("caller", task).then(openat("path", path));
                    setup.caller("other", setup.thread(task)).then(openat("harmless", harmless));
                    setup.attacker("flipper", setup.thread(task))
                            .then(write("path", path, HARMLESS))
                            .then(Action.user("sends a signal", (kernel, self) -> kernel.signal(task, Signal.HANDLED)));
                })
                .stash(StashPolicy.LRU, 1)
                .naive(NaiveStash::oneSlot);
    }

    static Attack stashFull() {
        return Attack.of("stash-full", "calls that block fill the stash", """
                        A hash stash of one entry is full: a call that blocks for ever has it. The next call finds no room at \
                        entry, so its path must be read at the return, and is rewritten before.""", setup -> {
                    setup.fifo(PIPE);
                    setup.file(EVIL);
                    setup.file(HARMLESS);
                    setup.blocked(setup.process("blocked"), PIPE);
                    Task task = setup.process("caller");
                    long path = setup.buffer(task, EVIL);
                    setup.flippedOpen(task, path, HARMLESS);
                })
                .stash(StashPolicy.HASH, 1);
    }

    static Attack attach() {
        return Attack.of("attach", "the observer is attached while the call runs", """
                        An agent that starts, or starts anew, finds calls under way. Their entries are past, and the path is \
                        rewritten before they return. What came after the kernel's copy was gone before anybody looked: no mode \
                        can know it, and the event says that its entry was missed.""", setup -> {
                    setup.file(EVIL);
                    setup.file(HARMLESS);
                    Task task = setup.process("caller");
                    long path = setup.buffer(task, EVIL);
                    setup.flippedOpen(task, path, HARMLESS);
                    setup.caller("agent", setup.process("agent")).then(setup.attaching());
                })
                .attachesLate();
    }
}
