// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.Syscall;
import dev.unraced.sim.kernel.Call;
import dev.unraced.stash.ArgStash;

/**
 * Learns what the tracer does for a call, right when the tracer does it. The kernel's steps run one at a time, so all
 * that a listener learns during a step belongs to that step.
 *
 * <p>The arrays belong to the tracer, which overwrites them later. Listeners must not change them.
 */
public interface TraceListener {
    /** The listener that ignores everything. */
    TraceListener NONE = new TraceListener() {};

    /** An argument that lies in the caller's memory. */
    enum Argument {
        PATH,
        ADDRESS,
        /** The {@code how} of openat2(2). */
        HOW,
        /** The block of socketcall(2). */
        BLOCK;

        /** Returns the argument that names the object of a call. */
        static Argument of(Call call) {
            return call.syscall() == Syscall.CONNECT ? ADDRESS : PATH;
        }
    }

    /**
     * The tracer read an argument from the caller's memory.
     *
     * @param length the number of bytes; negative when the memory could not be read without a page fault
     */
    default void read(Argument argument, byte[] bytes, int length) {}

    /**
     * At the return, the tracer compared the argument that it read at entry with the caller's memory.
     *
     * @param differs whether the memory could be read, and has changed
     */
    default void compared(Argument argument, boolean differs) {}

    /**
     * The tracer took the kernel's own copy of an argument.
     *
     * @param differs whether the tracer read something else at entry
     */
    default void copied(Argument argument, boolean differs) {}

    /** The tracer put the call's entry into the stash, which may have refused it. */
    default void stashed(ArgStash.Put outcome) {}

    /**
     * The tracer took an entry out of the stash.
     *
     * @param length the number of bytes of the entry's argument; negative when the entry has none
     */
    default void taken(Argument argument, byte[] bytes, int length) {}

    /**
     * The stash had no entry for the call, although the mode needs one.
     *
     * @param reason a negative result of {@link ArgStash#take}
     */
    default void missed(int reason) {}

    /** The tracer read one name of the path to the call's file, and has more of them to read. */
    default void looked() {}

    /**
     * The tracer described the object of the call.
     *
     * @param descriptor the descriptor by which the tracer found the object; negative when it had the kernel's own
     *     reference
     */
    default void described(int descriptor) {}
}
