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
                        the same id opens another path. Neither file exists.""", scene -> {
                    Task task = scene.process("spawner");
                    Task first = scene.thread(task);
                    int id = first.tid();
                    long harmless = scene.buffer(task, HARMLESS);
                    long path = scene.buffer(task, EVIL);
                    scene.caller("first", first).then(openat("harmless", harmless));
                    Script second = scene.caller("second", null).then(openat("path", path));
                    scene.attacker("spawner", task)
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
                        Neither file exists.""", scene -> {
                    Task leader = scene.process("leader");
                    long harmless = scene.buffer(leader, HARMLESS);
                    Task other = scene.thread(leader);
                    // The new program's first buffer will have this address.
                    long path = scene.firstAddress();
                    scene.caller("leader", leader).then(openat("harmless", harmless));
                    Script flipper = scene.attacker("flipper", null).then(write("path", path, HARMLESS));
                    scene.attacker("executer", other)
                            .then(Action.user(
                                    "execve: kills the others",
                                    (kernel, self) -> kernel.beginExec(self, Signal.VANISH)))
                            .then(Action.user("execve: a new program, which has a second thread", (kernel, self) -> {
                                        kernel.endExec(self, Moves.bytes("program"));
                                        scene.buffer(self, EVIL);
                                        flipper.become(scene.thread(self));
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
                        EVICTED then.""", scene -> {
                    scene.fifo(PIPE);
                    Task task = scene.process("caller");
                    long path = scene.buffer(task, PIPE);
                    long harmless = scene.buffer(task, HARMLESS);
                    scene.caller("caller", task).then(openat("path", path));
                    scene.caller("other", scene.thread(task)).then(openat("harmless", harmless));
                    scene.attacker("flipper", scene.thread(task))
                            .then(write("path", path, HARMLESS))
                            .then(Action.user("sends a signal", (kernel, self) -> kernel.signal(task, Signal.HANDLED)));
                })
                .stash(StashPolicy.LRU, 1)
                .naive(NaiveStash::oneSlot);
    }

    static Attack stashFull() {
        return Attack.of("stash-full", "calls that block fill the stash", """
                        A hash stash of one entry is full: a call that blocks for ever has it. The next call finds no room at \
                        entry, so its path must be read at the return, and is rewritten before.""", scene -> {
                    scene.fifo(PIPE);
                    scene.file(EVIL);
                    scene.file(HARMLESS);
                    scene.blocked(scene.process("blocked"), PIPE);
                    Task task = scene.process("caller");
                    long path = scene.buffer(task, EVIL);
                    scene.caller("caller", task).then(openat("path", path));
                    scene.attacker("flipper", scene.thread(task)).then(write("path", path, HARMLESS));
                })
                .stash(StashPolicy.HASH, 1);
    }

    static Attack attach() {
        return Attack.of("attach", "the observer is attached while the call runs", """
                        An agent that starts, or starts anew, finds calls under way. Their entries are past, and the path is \
                        rewritten before they return. What came after the kernel's copy was gone before anybody looked: no mode \
                        can know it, and the event says that its entry was missed.""", scene -> {
                    scene.file(EVIL);
                    scene.file(HARMLESS);
                    Task task = scene.process("caller");
                    long path = scene.buffer(task, EVIL);
                    scene.caller("caller", task).then(openat("path", path));
                    scene.attacker("flipper", scene.thread(task)).then(write("path", path, HARMLESS));
                    scene.caller("agent", scene.process("agent")).then(scene.attaching());
                })
                .attachesLate();
    }
}
