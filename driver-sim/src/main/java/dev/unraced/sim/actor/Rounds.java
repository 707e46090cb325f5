// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rounds of an attack. Each round is a call of one task, and an attacker may act before each step of it. The truth
 * has a letter for each round: the version of the argument that the kernel took.
 */
final class Rounds {
    private final ActorProcesses processes;
    private final Task task;
    private final StringBuilder truth = new StringBuilder();
    private int acts;
    private int won;
    private boolean isWon;

    /** Interferes with calls. */
    interface Attacker {
        /**
         * Acts before the next step of the call, or lets the call take the step.
         *
         * @param acts how often the attacker has acted in this round
         * @return whether the attacker acted
         */
        boolean act(Call call, int acts);
    }

    Rounds(ActorProcesses processes, Task task) {
        this.processes = processes;
        this.task = task;
    }

    /** Runs a call to its end. A round in which the attacker acts is won. */
    Call play(Call call, Attacker attacker) {
        processes.countBegun();
        int before = acts;
        while (task.call() != null) {
            if (attacker.act(call, acts - before)) {
                acts++;
            } else {
                processes.kernel().step(task);
            }
        }
        processes.countEnded();
        isWon = acts > before;
        won += isWon ? 1 : 0;
        return call;
    }

    /** Runs a call to its end, with an act at the first step before which it is the moment. */
    Call play(Call call, Predicate<Call> moment, Runnable act) {
        return play(call, (begun, done) -> {
            boolean acts = done == 0 && moment.test(begun);
            if (acts) {
                act.run();
            }
            return acts;
        });
    }

    /** Returns whether an open has put its file behind a descriptor. */
    static boolean isInstalled(Call call, Task task) {
        return call.isIssued() && task.descriptor((int) call.result()) != null;
    }

    /** Returns whether the last round is won. */
    boolean isWon() {
        return isWon;
    }

    /** The number of all acts so far. */
    int acts() {
        return acts;
    }

    void took(char letter) {
        truth.append(letter);
    }

    /** Notes whether the call of a round succeeded. */
    void succeeded(boolean succeeded) {
        took(succeeded ? 'a' : 'x');
    }

    /** Notes whether an open succeeded, and closes its descriptor. */
    void opened(Call call) {
        succeeded(call.result() >= 0);
        task.group().descriptors().close((int) call.result());
    }

    /** Notes which of two files an open took. */
    void tookFile(@Nullable OpenFile file, @Nullable Inode a, @Nullable Inode b) {
        Inode inode = file == null ? null : file.inode();
        took(inode == null ? 'x' : inode == a ? 'a' : inode == b ? 'b' : 'x');
    }

    /** Notes whether a connect took the first of two addresses. */
    void tookAddress(Call call, byte[] a) {
        took(call.result() != 0 ? 'x' : Arrays.equals(call.kernelAddress(), a) ? 'a' : 'b');
    }

    /** Notes which of two versions a call took, when only one of them is possible. */
    void took(boolean isA, boolean isB) {
        took(isA == isB ? 'x' : isA ? 'a' : 'b');
    }

    Answer answer() {
        return answer(won);
    }

    Answer answer(int winners) {
        return new Answer().with("tid", task.tid()).with("won", winners).with("truth", truth);
    }

    String truth() {
        return truth.toString();
    }
}
