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
    /** Enter events beside the merged ones. */
    ENTER_EVENTS
}
