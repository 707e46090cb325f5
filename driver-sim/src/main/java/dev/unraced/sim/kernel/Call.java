// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.event.Abi;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.sim.fs.OpenAttempt;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.OpenRequest;
import dev.unraced.sim.net.ConnectAttempt;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call from entry to return, or one request of an io_uring: the registers as passed, and what the kernel has made
 * of them so far. Registers never change; what they point to may, at every step.
 */
public final class Call {
    private final Syscall syscall;
    private final Abi abi;
    private final Origin origin;
    private final long[] registers;

    CallStep next = CallStep.ENTER;
    /** Of a request of an io_uring: a worker does the work, and its submitter goes on. */
    boolean onWorker;

    boolean isHandedOver;
    /** Of a request of an io_uring. */
    Submission submission = Submission.USUAL;

    /** Unique among the requests of a machine; 0 for calls. */
    long request;

    boolean isIndirect;
    long @Nullable [] kernelBlock;
    byte @Nullable [] kernelPath;
    long @Nullable [] kernelHow;
    byte @Nullable [] kernelAddress;
    /** How to open, once the kernel has checked it. */
    @Nullable
    OpenRequest how;

    int reserved = -1;

    @Nullable
    OpenAttempt open;

    @Nullable
    ConnectAttempt connect;

    @Nullable
    OpenFile file;

    long result;
    /** It was refused before it ran. */
    boolean refused;
    /** Observers have not been told of its work yet. */
    boolean untold;
    /** Number of the mount namespace in which the path was looked up; 0 before that. */
    long namespace;

    /** The registers that a tracer rewrote; null where none did. */
    long @Nullable [] passed;

    boolean done;
    private final @Nullable Task submitter;

    Call(Syscall syscall, Abi abi, Origin origin, long[] registers, @Nullable Task submitter) {
        this.syscall = syscall;
        this.abi = abi;
        this.origin = origin;
        this.registers = registers;
        this.submitter = submitter;
        if (abi == Abi.IA32) {
            for (int i = 0; i < registers.length; i++) {
                registers[i] &= 0xffff_ffffL;
            }
        }
    }

    /** The same call again, as the kernel restarts it after a signal. */
    Call again() {
        Call again = new Call(syscall, abi, origin, registers.clone(), submitter);
        again.isIndirect = isIndirect;
        return again;
    }

    public Syscall syscall() {
        return syscall;
    }

    public Abi abi() {
        return abi;
    }

    public Origin origin() {
        return origin;
    }

    /** The argument registers, first one 0; those beyond the call's arguments are 0. */
    public long register(int index) {
        return index < registers.length ? registers[index] : 0;
    }

    /**
     * Of a connect through socketcall(2), where the block lies that holds descriptor, address pointer and length; 0 of
     * all other calls, which have them in registers.
     */
    public long block() {
        return isIndirect ? register(1) : 0;
    }

    /** The words of that block as the kernel copied them; null when it did not. */
    public long @Nullable [] kernelBlock() {
        return kernelBlock;
    }

    /** An argument as the kernel has it, when it has come so far. */
    long argument(int index) {
        return isIndirect ? Objects.requireNonNull(kernelBlock)[index] : register(index);
    }

    /** Names a request among all of its machine; 0 for a call. */
    public long request() {
        return request;
    }

    /** How a request was submitted; of no meaning for calls. */
    public Submission submission() {
        return submission;
    }

    /** The raw return value; only of meaning when the call returns. */
    public long result() {
        return result;
    }

    /** The number of the call in its convention. */
    public int number() {
        return isIndirect ? SyscallNumbers.SOCKETCALL : SyscallNumbers.of(syscall, abi);
    }

    /** Whether a seccomp filter or a tracer refused the call, so that it never ran; the result is what they chose. */
    public boolean isRefused() {
        return refused;
    }

    /** Whether a request was carried out, though nobody may have been told of that yet. */
    public boolean isIssued() {
        return next == CallStep.EXIT;
    }

    /** The inode number of the mount namespace in which the kernel looked the path up; 0 when it did not. */
    public long namespace() {
        return namespace;
    }

    /** The registers as the caller passed them, where a tracer rewrote them before the entry; null elsewhere. */
    public long @Nullable [] passed() {
        return passed == null ? null : passed.clone();
    }

    /** Whether a worker does the request, while the thread that submitted it goes on. */
    public boolean isOnWorker() {
        return isHandedOver;
    }

    /** Whether the call has returned, or the request is completed. */
    public boolean isDone() {
        return done;
    }

    /** Which step comes next. */
    public CallStep next() {
        return next;
    }

    /** The path that the kernel copied and acted on, or null when it did not come to that. */
    public byte @Nullable [] kernelPath() {
        return kernelPath;
    }

    /** Flags, mode and resolve of openat2 as the kernel copied them, or null. */
    public long @Nullable [] kernelHow() {
        return kernelHow;
    }

    /** The address that the kernel copied, or null. */
    public byte @Nullable [] kernelAddress() {
        return kernelAddress;
    }

    /** The file that was opened, whatever its descriptor may be by now; null when none was. */
    public @Nullable OpenFile file() {
        return file;
    }

    /** The thread that made the call, or submitted the request. */
    public Task caller(Task current) {
        return Objects.requireNonNullElse(submitter, current);
    }

    boolean isConnect() {
        return syscall == Syscall.CONNECT;
    }

    @Override
    public String toString() {
        return syscall + " " + next;
    }
}
