// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.Syscall;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.Results;
import dev.unraced.sim.kernel.Submission;
import java.util.List;

/** Mutants with missing or duplicate events. */
final class StreamMutants {
    private StreamMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.miscounting(
                        "creat-unseen",
                        "does not watch creat, though it says so",
                        "R1.1",
                        () -> (task, call, record) -> call.syscall() == Syscall.CREAT ? 0 : 1),
                MutantFactory.miscounting(
                        "double-emit",
                        "writes two events of each open",
                        "R1.1",
                        () -> (task, call, record) -> call.syscall() == Syscall.OPEN ? 2 : 1),
                MutantFactory.miscounting(
                        "connect-twice",
                        "writes two events of a connect that succeeds",
                        "R1.1 R2.49",
                        () -> (task, call, record) -> call.syscall() == Syscall.CONNECT && call.result() == 0 ? 2 : 1),
                MutantFactory.miscounting(
                        "polled-unseen",
                        "does not see requests that the kernel finds in a ring",
                        "R1.1",
                        () -> (task, call, record) -> call.submission() == Submission.POLLED ? 0 : 1),
                MutantFactory.miscounting(
                        "overflow-twice",
                        "writes an event when a completion finds no room, and one when it comes",
                        "R1.1",
                        () -> (task, call, record) -> call.submission() == Submission.OVERFLOWING ? 2 : 1),
                MutantFactory.miscounting(
                        "linked-unseen",
                        "does not see requests that are given up with the one before them",
                        "R1.1",
                        () -> (task, call, record) ->
                                call.submission() == Submission.CANCELLED && !call.isOnWorker() ? 0 : 1),
                MutantFactory.miscounting(
                        "cancelled-unseen",
                        "does not see requests that are cancelled after a worker got them",
                        "R1.1",
                        () -> (task, call, record) ->
                                call.submission() == Submission.CANCELLED && call.isOnWorker() ? 0 : 1),
                MutantFactory.miscounting(
                        "interrupted-unseen",
                        "does not write interrupted calls of a child of the actor",
                        "R6.3",
                        () -> (task, call, record) ->
                                call.result() == Results.RESTART && task.group().parentTgid() != Results.INIT ? 0 : 1));
    }
}
