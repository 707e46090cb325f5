// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

/** The reasons why a filter drops a call; a call has the first reason that applies, in this order. */
public enum FilterReason {
    /** The capturing process made the call. */
    SELF,
    /** The caller's thread group is not wanted. */
    TGID,
    /** The caller's user is not wanted. */
    UID,
    /** The caller's cgroup is neither a wanted cgroup nor a descendant of one. */
    CGROUP,
    /** The caller's mount namespace is not wanted. */
    MOUNT_NS,
    /** The file that the caller executes is not wanted. */
    EXECUTABLE,
    /** The call's path has none of the wanted prefixes. */
    PATH,
    /** The call failed and only successes are wanted, or the reverse. */
    RESULT
}
