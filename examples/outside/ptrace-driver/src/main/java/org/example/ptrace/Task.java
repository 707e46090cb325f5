// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

/** This class holds what the tracer knows of a thread. */
final class Task {
    final int tid;
    final long startNanos;
    /** The call that the thread is in; null when it is in no watched call. */
    WatchedCall call;
    /** True if another task used the same descriptor table when the call entered. */
    boolean isSharing;
    /** The descriptor table of the thread. */
    Files files = new Files();
    /** True if the tracer has not stopped the thread yet since it seized it. */
    boolean isStarting;
    /** True if the stop of the parent that bore the thread was seen; before that, the thread does not run. */
    boolean isKnown;
    /** True while the thread is stopped until it is known. */
    boolean isHeld;

    /** A descriptor table. A thread that leaves it by unshare(2) counts as its user until the thread ends. */
    static final class Files {
        int users = 1;
    }

    Task(int tid, long startNanos) {
        this.tid = tid;
        this.startNanos = startNanos;
    }
}
