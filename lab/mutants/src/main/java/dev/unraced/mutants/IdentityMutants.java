// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.Abi;
import dev.unraced.event.Origin;
import dev.unraced.event.RecordLayout;
import dev.unraced.mutants.fault.CallMemory;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.RecordEdit;
import dev.unraced.mutants.fault.Results;
import dev.unraced.sim.kernel.Submission;
import java.util.List;

/** Mutants that are wrong about the caller, the call, its times or its result. */
final class IdentityMutants {
    private static final byte REPLACEMENT = '?';
    private static final long SECOND = 1_000_000_000;

    private IdentityMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.lying(
                        "zero-is-failure",
                        "takes descriptor 0 for a failure, and looks for no file behind it",
                        "R1.2",
                        (task, call, record) -> {
                            if (!record.isConnect() && record.result() == 0) {
                                FailureMutants.clearFile(record);
                            }
                        }),
                // R1.4 and R6.2 check the results of interrupted calls, too.
                MutantFactory.lying(
                        "interrupted-is-eagain",
                        "reports an interrupted call as EAGAIN",
                        "R1.3 R1.4 R6.2",
                        (task, call, record) -> result(record, Results.RESTART, Results.EAGAIN)),
                MutantFactory.lying(
                        "restarted-is-eintr",
                        "reports EINTR where the kernel restarts a call",
                        "R1.4",
                        (task, call, record) -> result(record, Results.RESTART, Results.EINTR)),
                MutantFactory.lying(
                        "comm-as-ascii", "replaces the bytes of a name that are no ASCII", "R1.5", (task, call, r) -> {
                            for (int i = RecordLayout.COMM; i < RecordLayout.COMM + RecordLayout.COMM_SIZE; i++) {
                                if (r.bytes().get(i) < 0) {
                                    r.bytes().put(i, REPLACEMENT);
                                }
                            }
                        }),
                MutantFactory.lying(
                        "start-of-boot",
                        "gives a thread's start as the time of its call",
                        "R1.5",
                        (task, call, record) ->
                                record.number(RecordLayout.THREAD_START_NS, record.number(RecordLayout.EXIT_NS))),
                MutantFactory.lying(
                        "parent-is-self",
                        "names the process instead of its parent",
                        "R1.6",
                        (task, call, record) ->
                                record.small(RecordLayout.PARENT_TGID, record.small(RecordLayout.TGID))),
                MutantFactory.lying(
                        "namespaces-swapped", "takes one namespace for the other", "R1.7", (task, call, record) -> {
                            int mount = record.small(RecordLayout.MOUNT_NS);
                            record.small(RecordLayout.MOUNT_NS, record.small(RecordLayout.PID_NS));
                            record.small(RecordLayout.PID_NS, mount);
                        }),
                MutantFactory.lying(
                        "no-cgroup",
                        "leaves the cgroup at 0",
                        "R1.8 R1.15 R8.3",
                        (task, call, record) -> record.number(RecordLayout.CGROUP_ID, 0)),
                MutantFactory.lying(
                        "other-clock",
                        "takes the time of entry from another clock than that of the return",
                        "R1.11 R12.5",
                        (task, call, record) -> {
                            long entry = record.number(RecordLayout.ENTER_NS);
                            record.number(RecordLayout.ENTER_NS, entry == 0 ? 0 : entry - SECOND);
                        }),
                MutantFactory.lying(
                        "ia32-is-native", "takes a 32-bit call for a native one", "R1.12", (task, call, record) -> {
                            if (call.abi() == Abi.IA32) {
                                record.bytes().put(RecordLayout.ABI, (byte) Abi.NATIVE.code());
                            }
                        }),
                // The test of R1.12 misses the event, which R1.1 asks for.
                MutantFactory.miscounting(
                        "whole-register",
                        "takes all 64 bits of the register for the call's number, and knows none that has more than 32",
                        "R1.1",
                        () -> (task, call, record) -> call.hasWideNumber() ? 0 : 1),
                MutantFactory.lying(
                        "wide-is-x32",
                        "takes a number with more than 32 bits for one of another convention",
                        "R1.12",
                        (task, call, record) -> {
                            if (call.hasWideNumber()) {
                                record.bytes().put(RecordLayout.ABI, (byte) Abi.X32.code());
                            }
                        }),
                MutantFactory.lying(
                        "request-is-call",
                        "says of a request on an io_uring that it was a system call",
                        "R1.14 R2.41 R12.8",
                        (task, call, record) -> record.bytes().put(RecordLayout.ORIGIN, (byte) Origin.SYSCALL.code())),
                MutantFactory.lying(
                        "polled-is-call",
                        "says of a request that the kernel found in a ring that it was a system call",
                        "R1.14 R2.41",
                        (task, call, record) -> {
                            if (call.submission() == Submission.POLLED) {
                                record.bytes().put(RecordLayout.ORIGIN, (byte) Origin.SYSCALL.code());
                            }
                        }),
                MutantFactory.lying(
                        "no-container",
                        "does not know containers",
                        "R1.15",
                        (task, call, record) -> record.remove(RecordLayout.CONTAINER)),
                MutantFactory.lying(
                        "before-the-tracer",
                        "reports the path that a call had before a tracer rewrote it",
                        "R1.16",
                        (task, call, record) -> {
                            long[] passed = call.passed();
                            byte[] path = passed == null ? null : CallMemory.string(task, passed[1]);
                            if (path != null) {
                                record.argument(path);
                            }
                        }));
    }

    private static void result(RecordEdit record, long from, long to) {
        if (record.result() == from) {
            record.number(RecordLayout.RESULT, to);
        }
    }
}
