// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** What a driver may report beyond the calls, conventions and trust values that have enums of their own. */
public enum Feature implements Capability {
    /** Device and inode of the file that was really opened. */
    DEVICE_INODE,
    /** Absolute path of the file that was really opened. */
    RESOLVED_PATH,
    /** Whether the call created the file. */
    CREATED_FLAG,
    /** Local and remote address of the connecting socket. */
    SOCKET_TUPLE,
    /** Thread group of the caller's parent. */
    PARENT,
    /** Identifier of the caller's cgroup. */
    CGROUP_ID,
    /** Mount and pid namespace of the caller. */
    NAMESPACES,
    /** Container identifier of the caller. */
    CONTAINER_ID,
    /** The calls of the capturing process are in view, as they are not to the observer of a sandbox. */
    OWN_CALLS,
    /** {@code EventFlag.STASH_FULL} on calls that a full stash refused. */
    REFUSALS_FLAGGED,
    /** A change of mitigation, and of whether there are enter events, while the capture runs. */
    LIVE_SWITCH,
    /** Filters by thread group, user, cgroup, mount namespace, path and result at the source. */
    SOURCE_FILTERS,
    /** Limits of the events per second of a user and of a cgroup, kept at the source. */
    RATE_LIMITS,
    /** Losses at the source by user and cgroup, for those who lost the most. */
    LOSSES_BY_CALLER,
    /** Enter events beside the merged ones. */
    ENTER_EVENTS,
    /** Calls that were under way when the capture opened are events when they return. */
    CALLS_UNDER_WAY,
    /** Paths of bytes that are no UTF-8; where they are lacking, such a path is absent and says WITHHELD. */
    ANY_BYTES,
    /** The first bytes of arguments that are longer than the observed system takes. */
    LONG_ARGUMENTS,
    /** The observed system restarts a call that a signal interrupted, where the signal's handler asks for it. */
    RESTARTED_CALLS,
    /** In the observed system a connect to a UNIX socket waits while the listener has no room. */
    BLOCKING_CONNECTS,
    /** In the observed system a process can be made with an id that one before it had. */
    REUSED_IDS,
    /** In the observed system a tracer can rewrite a call before it is executed. */
    REWRITTEN_CALLS,
    /** More than one capture at a time. */
    SEVERAL_CAPTURES,
    /** Captures of several processes at a time, of the same calls. */
    SEVERAL_PROCESSES
}
