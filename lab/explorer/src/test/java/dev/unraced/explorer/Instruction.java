// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

/** One step of a {@link ProgramWorld}'s thread; {@code on} is the number of the variable, lock or semaphore. */
record Instruction(Op op, int on) {
    enum Op {
        READ,
        WRITE,
        /** Reads and writes in one step. */
        ADD,
        /** Skips the next instruction if the variable is set. */
        SKIP_IF_SET,
        /** Cannot run while another thread holds the lock. */
        LOCK,
        /** Tries the lock, and then waits while another thread holds it. */
        TRY_THEN_WAIT,
        UNLOCK,
        /** Cannot run while the semaphore is 0. */
        DOWN,
        UP
    }

    static Instruction of(Op op, int on) {
        return new Instruction(op, on);
    }
}
