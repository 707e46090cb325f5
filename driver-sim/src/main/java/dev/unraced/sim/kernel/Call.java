// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.event.Abi;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.machine.SyscallNumbers;
import dev.unraced.sim.fs.OpenAttempt;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.OpenRequest;
import dev.unraced.sim.net.ConnectAttempt;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call from entry to return, or one request of an io_uring: the registers as passed, and the kernel's copies and
 * results so far. Registers never change; the memory behind them may change at every step.
 */
public final class Call {
    private final Syscall syscall;
    private final Abi abi;
    private final Origin origin;
    private final long[] registers;

    CallStep next = CallStep.ENTER;
    /** Set on an io_uring request whose work a worker does while its submitter goes on. */
    boolean onWorker;

    boolean isHandedOver;
    /** The way in which an io_uring request is submitted or ends. */
    Submission submission = Submission.USUAL;

    /** The number of a request, unique on its machine; 0 for calls. */
    long request;

    boolean isIndirect;
    long @Nullable [] kernelBlock;
    byte @Nullable [] kernelPath;
    long @Nullable [] kernelHow;
    byte @Nullable [] kernelAddress;
    /** The arguments of the open, once the kernel has checked them. */
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
    /** Set when a filter or a tracer refused the call before it ran. */
    boolean refused;
    /** Set while observers have not been notified of the call's work. */
    boolean unnotified;
    /** The number of the mount namespace in which the path was looked up; 0 before that. */
    long namespace;

    /** The registers before a tracer rewrote them; null when no tracer did. */
    long @Nullable [] passed;

    boolean isWide;
    boolean done;
    private final @Nullable Task submitter;

    /** Creates a call. The registers of a 32-bit one have the lower halves alone (R1.12). */
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

    /** Returns the same call again, as the kernel restarts it after a signal. */
    Call again() {
        Call again = new Call(syscall, abi, origin, registers.clone(), submitter);
        again.isIndirect = isIndirect;
        again.isWide = isWide;
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

    /** Returns the argument register at an index from 0; registers beyond the call's arguments are 0. */
    public long register(int index) {
        return index < registers.length ? registers[index] : 0;
    }

    /**
     * Returns the address of the block that holds descriptor, address pointer and length of a connect through
     * socketcall(2). All other calls have these in registers, and return 0.
     */
    public long block() {
        return isIndirect ? register(1) : 0;
    }

    /** The words of that block as the kernel copied them; null when the kernel did not copy it. */
    public long @Nullable [] kernelBlock() {
        return kernelBlock;
    }

    /** Returns an argument as the kernel has it; the kernel must have copied the block of a socketcall(2) before. */
    long argument(int index) {
        return isIndirect ? Objects.requireNonNull(kernelBlock)[index] : register(index);
    }

    /** Returns the number of a request, unique on its machine; 0 for a call. */
    public long request() {
        return request;
    }

    /** The way in which a request was submitted; it has no meaning for calls. */
    public Submission submission() {
        return submission;
    }

    /** The raw return value; it has a meaning only when the call returns. */
    public long result() {
        return result;
    }

    /** Returns the number of the call in its convention. */
    public int number() {
        return isIndirect ? SyscallNumbers.SOCKETCALL : SyscallNumbers.of(syscall, abi);
    }

    /** Returns whether the register of the number has bits above the 32 that the kernel takes. */
    public boolean hasWideNumber() {
        return isWide;
    }

    /** Returns whether a seccomp filter or a tracer refused the call, so that it never ran; the result is theirs. */
    public boolean isRefused() {
        return refused;
    }

    /** Returns whether a request was carried out; its completion may not be posted yet. */
    public boolean isIssued() {
        return next == CallStep.EXIT;
    }

    /** The inode number of the mount namespace in which the kernel looked the path up; 0 when it looked up none. */
    public long namespace() {
        return namespace;
    }

    /** The registers as the caller passed them, when a tracer rewrote them before the entry; null otherwise. */
    public long @Nullable [] passed() {
        return passed == null ? null : passed.clone();
    }

    /** Returns whether a worker does the request, while the thread that submitted it goes on. */
    public boolean isOnWorker() {
        return isHandedOver;
    }

    /** Returns whether the call has returned, or the request is completed. */
    public boolean isDone() {
        return done;
    }

    /** The next step of the call. */
    public CallStep next() {
        return next;
    }

    /** The path that the kernel copied and acted on; null when it copied none. */
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

    /** The opened file, whatever its descriptor may be by now; null when the call opened none. */
    public @Nullable OpenFile file() {
        return file;
    }

    /** Returns the thread that made the call, or submitted the request. */
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
