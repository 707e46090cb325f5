// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.explore;

/** One step of a {@link ProgramWorld}'s thread; {@code on} says which variable, lock or semaphore. */
record Instruction(Op op, int on) {
    enum Op {
        /** Touches nothing shared. */
        LOCAL,
        READ,
        WRITE,
        /** Reads and writes in one step. */
        ADD,
        /** Leaves out the next instruction if the variable is set. */
        SKIP_IF_SET,
        /** Cannot be made while another holds the lock. */
        LOCK,
        /** Tries, and waits after that if another holds the lock. */
        TRY_THEN_WAIT,
        UNLOCK,
        /** Cannot be made while the semaphore is 0. */
        DOWN,
        UP
    }

    static Instruction of(Op op, int on) {
        return new Instruction(op, on);
    }
}
