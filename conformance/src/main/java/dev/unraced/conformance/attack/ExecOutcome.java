// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.attack.KernelOutcome.FileId;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.ProcessView.ExecCall;
import org.jspecify.annotations.Nullable;

/**
 * An exec as the attacker knows it.
 *
 * @param path the path that the kernel took; null where nobody knows it, since it names a descriptor
 * @param file the file that the kernel executed, or null when the call failed
 * @param interpreter the path of the interpreter that the kernel took, or null for a program
 * @param arguments those that the new program found, or null when the attack is not about them
 * @param result 0, -errno, or {@link #UNTOLD}
 * @param byOtherThread whether the call came from another thread than the first
 */
record ExecOutcome(
        ExecCall call,
        Abi abi,
        @Nullable ByteString path,
        @Nullable FileId file,
        @Nullable ByteString interpreter,
        @Nullable ByteString arguments,
        int result,
        boolean byOtherThread) {
    /** The result of a call that failed, whose process was ended before anybody got it. */
    static final int UNTOLD = Integer.MIN_VALUE;

    /** Returns the outcome of an execve of a program. */
    static ExecOutcome program(ByteString path, FileId file) {
        return new ExecOutcome(ExecCall.EXECVE, Abi.NATIVE, path, file, null, null, 0, false);
    }

    /** Returns the outcome of an execveat of a descriptor. */
    static ExecOutcome descriptor(FileId file) {
        return new ExecOutcome(ExecCall.EXECVEAT, Abi.NATIVE, null, file, null, null, 0, false);
    }

    /** Returns the outcome of an execve that failed. */
    static ExecOutcome failure(ByteString path, int error) {
        return new ExecOutcome(ExecCall.EXECVE, Abi.NATIVE, path, null, null, null, -error, false);
    }

    /** Returns the same outcome of a file that an interpreter was executed for. */
    ExecOutcome by(ByteString its) {
        return new ExecOutcome(call, abi, path, file, its, arguments, result, byOtherThread);
    }

    /** Returns the same outcome, of a program with these arguments. */
    ExecOutcome with(ByteString its) {
        return new ExecOutcome(call, abi, path, file, interpreter, its, result, byOtherThread);
    }

    /** Returns the same outcome, by another thread than the first. */
    ExecOutcome ofOtherThread() {
        return new ExecOutcome(call, abi, path, file, interpreter, arguments, result, true);
    }

    /** Returns the outcome of an execve that failed when it had replaced the memory. */
    static ExecOutcome lateFailure(ByteString path) {
        return new ExecOutcome(ExecCall.EXECVE, Abi.NATIVE, path, null, null, null, UNTOLD, false);
    }

    /** Returns the same outcome, of a call of the 32-bit convention. */
    ExecOutcome byIa32(ExecCall its) {
        return new ExecOutcome(its, Abi.IA32, path, file, interpreter, arguments, result, byOtherThread);
    }

    boolean hasFailed() {
        return result < 0;
    }
}
