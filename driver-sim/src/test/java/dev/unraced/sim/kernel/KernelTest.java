// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import static dev.unraced.linux.OpenFlags.AT_FDCWD;
import static dev.unraced.linux.OpenFlags.O_RDWR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;
import dev.unraced.linux.Errno;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KernelTest {
    private static final int LEAST_IDS = 301;

    private final Kernel kernel = new Kernel(1_000_000, 1 << 15);
    private final List<String> seen = new ArrayList<>();
    private Task task = kernel.init();

    /** Notes each call of the kernel to its observers. */
    private final class Witness implements Tracepoints {
        @Override
        public void enter(Task who, Call call) {
            seen.add("enter " + who.tid());
        }

        @Override
        public void worked(Task who, Call call) {
            seen.add("worked " + who.tid() + " " + call.result());
        }

        @Override
        public void exit(Task who, Call call) {
            seen.add("exit " + who.tid() + " " + call.result());
        }

        @Override
        public void submitted(Task who, Call request) {
            seen.add("submitted " + who.tid());
        }

        @Override
        public void submittedOther(Task who) {
            seen.add("submitted another " + who.tid());
        }

        @Override
        public boolean look(Task who, Call call) {
            return false;
        }

        @Override
        public void completed(Task who, Call request) {
            seen.add("completed " + who.tid() + " of " + request.caller(who).tid() + " " + request.result());
        }

        @Override
        public void threadExit(Task who) {
            seen.add("end " + who.tid());
        }
    }

    @BeforeEach
    void watch() {
        task = kernel.fork(kernel.init(), bytes("test"));
        kernel.attach(new Witness());
    }

    @Test
    void anOpenTakesItsStepsInTheKernelsOrder() {
        openat("/etc/hostname");

        assertThat(steps(task))
                .containsExactly(CallStep.ENTER, CallStep.COPY_PATH, CallStep.WORK, CallStep.INSTALL, CallStep.EXIT);
        assertThat(task.lastResult()).isZero();
        assertThat(seen)
                .containsExactly("enter " + task.tid(), "worked " + task.tid() + " 0", "exit " + task.tid() + " 0");
    }

    @Test
    void anOpenat2CopiesItsHowFirst() {
        kernel.begin(task, Syscall.OPENAT2, Abi.NATIVE, AT_FDCWD, path("/missing"), memory().place(new byte[24]), 24);

        assertThat(steps(task))
                .containsExactly(CallStep.ENTER, CallStep.COPY_HOW, CallStep.COPY_PATH, CallStep.WORK, CallStep.EXIT);
        assertThat(task.lastResult()).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void aCallThatFailsBeforeItsCopyNeverComesToWork() {
        kernel.begin(task, Syscall.OPENAT, Abi.NATIVE, AT_FDCWD, 0, 0, 0);

        assertThat(steps(task)).containsExactly(CallStep.ENTER, CallStep.COPY_PATH, CallStep.EXIT);
        assertThat(task.lastResult()).isEqualTo(-Errno.EFAULT);
        assertThat(seen).containsExactly("enter " + task.tid(), "exit " + task.tid() + " -14");
    }

    @Test
    void theKernelActsOnItsCopy() {
        long buffer = path("/etc/hostname");
        kernel.begin(task, Syscall.OPENAT, Abi.NATIVE, AT_FDCWD, buffer, 0, 0);
        kernel.step(task);
        kernel.step(task);
        memory().write(buffer, bytes("/etc/shadow\0"));
        kernel.run(task);

        assertThat(task.descriptor(0)).isNotNull();
        assertThat(task.descriptor(0).resolve(task.fs()).path().toUtf8()).isEqualTo("/etc/hostname");
    }

    @Test
    void a32BitCallHas32BitRegisters() {
        Call call = kernel.begin(task, Syscall.OPENAT, Abi.IA32, -100L, 0xffff_ffff_0000_1000L, -1L, 0);

        assertThat(call.register(0)).isEqualTo(0xffff_ff9cL);
        assertThat(call.register(1)).isEqualTo(0x1000);
        assertThat(call.register(2)).isEqualTo(0xffff_ffffL);
        assertThat(call.register(5)).isZero();
    }

    @Test
    void aBlockedCallGoesOnWhenItsFifoHasAWriter() {
        fifo();
        openat("/tmp/fifo");

        assertThat(kernel.run(task)).isFalse();
        assertThat(kernel.canStep(task)).isFalse();
        assertThatThrownBy(() -> kernel.step(task)).isInstanceOf(IllegalStateException.class);
        release();
        assertThat(kernel.run(task)).isTrue();
        assertThat(task.lastResult()).isZero();
    }

    @Test
    void aSignalInterruptsABlockedCall() {
        fifo();
        openat("/tmp/fifo");
        kernel.run(task);
        kernel.signal(task, Signal.HANDLED);

        assertThat(kernel.run(task)).isTrue();
        assertThat(task.lastResult()).isEqualTo(-Errno.EINTR);
        assertThat(seen).endsWith("worked " + task.tid() + " -512", "exit " + task.tid() + " -512");
        assertThat(task.handledSignals()).isEqualTo(1);
        assertThat(task.descriptor(0)).as("the reserved number is free").isNull();
    }

    @Test
    void aSignalThatRestartsMakesTheCallEnterAgain() {
        fifo();
        openat("/tmp/fifo");
        kernel.run(task);
        kernel.signal(task, Signal.HANDLED_RESTART);

        assertThat(kernel.run(task)).isFalse();
        assertThat(seen.stream().filter(line -> line.startsWith("enter"))).hasSize(2);
        release();
        kernel.run(task);
        assertThat(task.lastResult()).isZero();
    }

    @Test
    void aKilledThreadReturnsAndEndsBeforeItIsBack() {
        fifo();
        openat("/tmp/fifo");
        kernel.run(task);
        kernel.signal(task, Signal.KILL);
        kernel.run(task);

        assertThat(task.isDead()).isTrue();
        assertThat(seen).endsWith("exit " + task.tid() + " -512", "end " + task.tid());
        assertThat(kernel.task(task.tid())).isNull();
    }

    @Test
    void aThreadThatVanishesNeverReturns() {
        openat("/etc/hostname");
        kernel.step(task);
        kernel.signal(task, Signal.VANISH);
        kernel.run(task);

        assertThat(seen).containsExactly("enter " + task.tid(), "end " + task.tid());
    }

    @Test
    void aThreadThatVanishesWithAnOpenFileLeavesNoDescriptor() {
        openat("/etc/hostname");
        while (task.call() != null && task.call().next() != CallStep.INSTALL) {
            kernel.step(task);
        }
        Task sibling = kernel.thread(task.group());
        kernel.signal(task, Signal.VANISH);
        kernel.run(task);

        assertThat(sibling.descriptor(0)).isNull();
        sibling.group().descriptors().add(kernel.files().socketFile("any"));
        assertThat(sibling.descriptor(0)).as("number 0 was free").isNotNull();
    }

    @Test
    void aDeadThreadsIdCanBeTakenWithAnotherStartTime() {
        long start = task.startNanos();
        kernel.exit(task);

        Task next = kernel.forkAs(kernel.init(), bytes("next"), task.tid());

        assertThat(next).isNotNull();
        assertThat(next.startNanos()).isGreaterThan(start);
        assertThat(kernel.forkAs(kernel.init(), bytes("third"), task.tid())).isNull();
    }

    @Test
    void idsGoRound() {
        Kernel small = new Kernel(0, LEAST_IDS);
        Task first = small.fork(small.init(), bytes("first"));
        small.exit(first);
        int last = first.tid();
        for (int i = 0; i < LEAST_IDS; i++) {
            Task next = small.fork(small.init(), bytes("next"));
            last = next.tid();
            small.exit(next);
        }

        assertThat(last).isBetween(2, LEAST_IDS);
    }

    @Test
    void execByAnotherThreadTakesOverIdAndStartTime() {
        fifo();
        Task other = kernel.thread(task.group());
        openat("/tmp/fifo");
        kernel.run(task);
        kernel.beginExec(other, Signal.KILL);
        assertThat(kernel.canEndExec(other)).isFalse();
        kernel.run(task);
        assertThat(kernel.canEndExec(other)).isTrue();
        kernel.endExec(other, bytes("new"));

        assertThat(other.tid()).isEqualTo(task.tid());
        assertThat(other.startNanos()).isEqualTo(task.startNanos());
        assertThat(kernel.task(other.tid())).isSameAs(other);
    }

    @Test
    void aTrappedCallReturnsWithoutHavingEntered() {
        task.group().trap(Syscall.OPENAT);
        Call call = openat("/etc/hostname");
        kernel.run(task);

        assertThat(call.isRefused()).isTrue();
        assertThat(call.result()).isEqualTo(257);
        assertThat(seen).containsExactly("exit " + task.tid() + " 257");
    }

    @Test
    void aRefusedCallReturnsWhatItsRefuserChose() {
        task.group().refuse(Syscall.OPENAT, 7);
        Call call = openat("/etc/hostname");
        kernel.run(task);

        assertThat(call.isRefused()).isTrue();
        assertThat(call.result()).isEqualTo(7);
        assertThat(seen).containsExactly("exit " + task.tid() + " 7");
        assertThat(task.descriptor(0)).isNull();
    }

    @Test
    void theRequestsOfABatchCompleteWhenAllAreCarriedOut() {
        long first = path("/etc/hostname");
        long second = path("/etc/passwd");
        kernel.submitTogether(task, requests -> {
            requests.call(Syscall.OPENAT, AT_FDCWD, first, 0, 0);
            requests.close(0);
            requests.call(Syscall.OPENAT, AT_FDCWD, second, 0, 0);
        });

        assertThat(kernel.run(task)).isTrue();
        String own = Integer.toString(task.tid());
        String completed = "completed " + own + " of " + own + " 0";
        assertThat(seen)
                .containsExactly(
                        "submitted " + own,
                        "worked " + own + " 0",
                        "submitted another " + own,
                        "submitted " + own,
                        "worked " + own + " 0",
                        completed,
                        completed);
        assertThat(task.descriptor(0).resolve(task.fs()).path().toUtf8()).isEqualTo("/etc/passwd");
    }

    @Test
    void aBatchEndsWithItsThreadAndWhatIsIssuedCompletes() {
        long path = path("/etc/hostname");
        kernel.submitTogether(task, requests -> {
            requests.call(Syscall.OPENAT, AT_FDCWD, path, 0, 0);
            requests.call(Syscall.OPENAT, AT_FDCWD, path, 0, 0);
        });
        while (!seen.contains("worked " + task.tid() + " 0")) {
            kernel.step(task);
        }
        kernel.step(task);
        kernel.signal(task, Signal.VANISH);
        kernel.run(task);

        assertThat(seen).endsWith("completed " + task.tid() + " of " + task.tid() + " 0", "end " + task.tid());
    }

    @Test
    void aWorkerKeepsTheMountNamespaceOfItsStart() {
        long before = task.group().mountNamespace();
        Call request = kernel.submit(task, Syscall.OPENAT, true, AT_FDCWD, path("/etc/passwd"), 0, 0);
        kernel.run(task);
        assertThat(kernel.unshare(task)).isZero();
        Task worker = task.group().tasks().get(1);
        kernel.run(worker);

        assertThat(request.namespace()).isEqualTo(before);
        assertThat(worker.fs().namespace().number()).isEqualTo(before);
        assertThat(task.group().mountNamespace()).isNotEqualTo(before);
        kernel.enterNamespace(task, kernel.init().group());
        assertThat(task.group().mountNamespace()).isEqualTo(before);
    }

    @Test
    void socketcallCopiesItsBlockBeforeTheAddress() {
        long block = memory().place(new byte[12]);
        Call call = kernel.beginSocketcall(task, block);

        assertThat(steps(task))
                .containsExactly(CallStep.ENTER, CallStep.COPY_BLOCK, CallStep.COPY_ADDRESS, CallStep.EXIT);
        assertThat(call.kernelBlock()).containsExactly(0, 0, 0);
        assertThat(call.number()).isEqualTo(102);
        assertThat(task.lastResult()).isEqualTo(-Errno.EBADF);
    }

    @Test
    void aRequestIsDoneByItsSubmitterOrByAWorker() {
        kernel.submit(task, Syscall.OPENAT, false, AT_FDCWD, path("/etc/hostname"), 0, 0);
        kernel.run(task);
        assertThat(seen).endsWith("completed " + task.tid() + " of " + task.tid() + " 0");

        Call request = kernel.submit(task, Syscall.OPENAT, true, AT_FDCWD, path("/etc/passwd"), 0, 0);
        kernel.run(task);
        assertThat(task.call()).as("the submitter is free").isNull();
        assertThat(request.isDone()).isFalse();
        Task worker = task.group().tasks().get(1);
        kernel.run(worker);
        assertThat(request.isDone()).isTrue();
        assertThat(seen).contains("completed " + worker.tid() + " of " + task.tid() + " 1");
        assertThat(worker.isDead()).isTrue();
    }

    @Test
    void aPolledRequestIsOfTheThreadThatPolls() {
        Call request =
                kernel.submit(task, Syscall.OPENAT, Submission.POLLED, false, AT_FDCWD, path("/etc/hostname"), 0, 0);
        assertThat(task.call()).as("the thread that filled the ring").isNull();
        Task poller = task.group().tasks().get(1);
        kernel.run(poller);

        assertThat(request.isDone()).isTrue();
        assertThat(seen).contains("completed " + poller.tid() + " of " + poller.tid() + " 0");
        assertThat(poller.isDead()).isTrue();
    }

    @Test
    void aRequestThatWouldBlockGoesToAWorker() {
        fifo();
        Call request = kernel.submit(task, Syscall.OPENAT, false, AT_FDCWD, path("/tmp/fifo"), 0, 0);
        kernel.run(task);

        assertThat(task.call()).isNull();
        release();
        task.group().tasks().stream().filter(kernel::canStep).forEach(kernel::run);
        assertThat(request.isDone()).isTrue();
    }

    @Test
    void aDeadThreadCannotDieAgain() {
        Task sibling = kernel.thread(task.group());
        task.group().descriptors().add(kernel.files().socketFile("any"));
        for (int i = 0; i < 3; i++) {
            kernel.signal(task, Signal.KILL);
            kernel.exit(task);
        }

        assertThat(seen).containsExactly("end " + task.tid());
        assertThat(sibling.descriptor(0)).as("the living thread's table").isNotNull();
    }

    @Test
    void aKillReachesTheWorkerOfARequestToo() {
        fifo();
        kernel.submit(task, Syscall.OPENAT, true, AT_FDCWD, path("/tmp/fifo"), 0, 0);
        kernel.step(task);
        task.group().tasks().forEach(thread -> kernel.signal(thread, Signal.KILL));
        kernel.run(task);
        task.group().tasks().forEach(kernel::run);

        assertThat(task.isDead()).isTrue();
        assertThat(task.group().tasks()).isEmpty();
    }

    @Test
    void anExecWaitsForTheOtherThreadsToBeGone() {
        Task other = kernel.thread(task.group());

        assertThatThrownBy(() -> kernel.endExec(other, bytes("new"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aThreadIsInOneCallAtATime() {
        openat("/etc/hostname");

        assertThatThrownBy(() -> openat("/etc/passwd"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is in a call");
    }

    @Test
    void aDetachedObserverSeesNothingMore() {
        Witness second = new Witness();
        kernel.attach(second);
        kernel.detach(second);
        openat("/etc/hostname");
        kernel.run(task);

        assertThat(seen).hasSize(3);
    }

    private Call openat(String path) {
        return kernel.begin(task, Syscall.OPENAT, Abi.NATIVE, AT_FDCWD, path(path), 0, 0);
    }

    private List<CallStep> steps(Task of) {
        List<CallStep> steps = new ArrayList<>();
        while (of.call() != null) {
            steps.add(kernel.step(of));
        }
        return steps;
    }

    private void fifo() {
        assertThat(kernel.files().makeFifo(kernel.init(), bytes("/tmp/fifo"), 0644))
                .isZero();
    }

    private void release() {
        Task writer = kernel.fork(kernel.init(), bytes("writer"));
        long address = writer.group().memory().place(bytes("/tmp/fifo"));
        kernel.begin(writer, Syscall.OPENAT, Abi.NATIVE, AT_FDCWD, address, O_RDWR, 0);
        kernel.run(writer);
    }

    private long path(String path) {
        return memory().place(bytes(path));
    }

    private AddressSpace memory() {
        return task.group().memory();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
