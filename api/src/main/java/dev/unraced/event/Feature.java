// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** The capabilities that have no enum of their own, unlike calls, conventions and trust values. */
public enum Feature implements Capability {
    /** Device and inode of the file that was really opened. */
    DEVICE_INODE,
    /** Absolute path of the file that was really opened. */
    RESOLVED_PATH,
    /** The last part of a resolved path that is longer than an event holds. */
    RESOLVED_TAIL,
    /**
     * {@code EventFlag.DETACHED} on files with a resolved path whose mount is attached nowhere or does not show them.
     */
    DETACHED_FLAG,
    /** The flag for a file that the call created. */
    CREATED_FLAG,
    /** The mode that {@code open} and {@code openat} pass in a register without creating a file. */
    UNUSED_MODE,
    /** Local and remote address of the connected socket. */
    SOCKET_TUPLE,
    /** Addresses of a socket whose connect is in progress, and a peer at port 0: getpeername(2) tells neither. */
    CONNECTING_PEER,
    /** Thread group of the caller's parent. */
    PARENT,
    /** Identifier of the caller's cgroup. */
    CGROUP_ID,
    /** Mount and pid namespace of the caller. */
    NAMESPACES,
    /**
     * {@code EventFlag.FOREIGN_MOUNT_NS} on requests of an io_uring that reach no file, and on those whose submitter
     * has a new mount namespace with the number of its former one.
     */
    REQUEST_NAMESPACES,
    /**
     * {@code EventFlag.FOREIGN_MOUNT_NS} on calls that reach no file of a namespace, and whose path starts in another
     * one.
     */
    START_NAMESPACES,
    /** The caller's container: by its id in the event, or with {@link #CGROUP_PATH} by the path of its cgroup. */
    CONTAINER_ID,
    /** The driver sees the calls of the capturing process, unlike the observer of a sandbox. */
    OWN_CALLS,
    /** {@code EventFlag.STASH_FULL} on calls that a full stash refused. */
    REFUSALS_FLAGGED,
    /**
     * In mode kernel a call also has a snapshot from its entry: {@code Integrity.CHANGED} where the kernel's copy was
     * another one, and {@code Provenance.ENTER} where the call failed before the kernel had copied the argument.
     */
    KERNEL_SNAPSHOTS,
    /** A running capture can change its mitigation, and begin or end enter events. */
    LIVE_SWITCH,
    /** A filter by thread group, and a count of what it leaves out. */
    FILTER_THREAD_GROUP,
    /** A filter by real user, and a count of what it leaves out. */
    FILTER_USER,
    /** A filter by cgroup and those below it, and a count of what it leaves out. */
    FILTER_CGROUP,
    /** A filter by mount namespace, and a count of what it leaves out. */
    FILTER_MOUNT_NAMESPACE,
    /** A filter by the file that the caller executes, and a count of what it leaves out. */
    FILTER_EXECUTABLE,
    /** A filter by the start of the path, and a count of what it leaves out. */
    FILTER_PATH,
    /** A filter by failure or success, and a count of what it leaves out. */
    FILTER_RESULT,
    /** Filters that can tell at the entry of a call apply then, before the call takes room in the stash. */
    FILTERS_AT_ENTRY,
    /** A running capture can change its filters. */
    LIVE_FILTERS,
    /** Limits of the events per second of a user and of a cgroup, kept at the source. */
    RATE_LIMITS,
    /** Losses at the source by user and cgroup, for the callers that lost the most. */
    LOSSES_BY_CALLER,
    /** Enter events besides the merged events. */
    ENTER_EVENTS,
    /** Events of fork, exec and exit. */
    PROCESS_EVENTS,
    /** Process events of an execve or execveat that fails. */
    FAILED_EXECS,
    /** The event of an exec tells which call asked for it, and the credentials that its thread had before. */
    EXEC_CALLS,
    /** The controlling terminal of a process. */
    TERMINALS,
    /** The path of a process's cgroup, whose names tell containers: {@link dev.unraced.process.Container#ofCgroup}. */
    CGROUP_PATH,
    /** An event of each process that was there before the capture. */
    PROCESSES_ALIVE,
    /** The path that an exec asked for, by the kernel's own copy. */
    EXEC_PATH,
    /** Device and inode of a program's file. */
    EXECUTABLE_INODE,
    /** The interpreter of a script, its file as the one that is executed, and the arguments that it gets. */
    EXEC_INTERPRETER,
    /** The key of the image that made a call: {@link EventView#processKey}. */
    PROCESS_KEY,
    /** Calls that were in progress when the capture opened become events when they return. */
    CALLS_UNDER_WAY,
    /** Calls that seccomp or a tracer refused, so that they never ran, become events; without it they become none. */
    REFUSED_CALLS,
    /** Paths that are not UTF-8; without this feature, such a path is absent and flagged WITHHELD. */
    ANY_BYTES,
    /** The first bytes of arguments that are longer than the observed system takes. */
    LONG_ARGUMENTS,
    /** The observed system restarts a call that a signal interrupted, where the signal's handler asks for it. */
    RESTARTED_CALLS,
    /** Watching a thread interrupts none of its calls, as a tracer does that makes even an ignored signal known. */
    UNDISTURBED_CALLS,
    /** In the observed system a connect to a UNIX socket waits while the listener has no room. */
    BLOCKING_CONNECTS,
    /** In the observed system a process can be created with the id of an earlier process. */
    REUSED_IDS,
    /** In the observed system a tracer can rewrite a call before it is executed. */
    REWRITTEN_CALLS,
    /** More than one capture at a time. */
    SEVERAL_CAPTURES,
    /** Captures of several processes at a time, of the same calls. */
    SEVERAL_PROCESSES
}
