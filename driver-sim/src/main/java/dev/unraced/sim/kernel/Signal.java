// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

/** An event that can interrupt a thread. */
public enum Signal {
    NONE,
    /** A signal whose handler was set without SA_RESTART. */
    HANDLED,
    /** A signal whose handler was set with SA_RESTART. */
    HANDLED_RESTART,
    /** SIGKILL: the call under way returns, and the thread ends before it is back in user space. */
    KILL,
    /** The thread ends in the midst of its call, as after a kernel oops: sys_exit never comes. */
    VANISH
}
