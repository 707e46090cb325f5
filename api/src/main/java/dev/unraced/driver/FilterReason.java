// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

/** Why a call was left out on purpose: the first reason that applies, in this order. */
public enum FilterReason {
    /** The capturing process made it. */
    SELF,
    /** Its thread group is not among those asked for. */
    TGID,
    /** Its user is not among those asked for. */
    UID,
    /** Its cgroup is none of those asked for, nor below one. */
    CGROUP,
    /** Its mount namespace is not among those asked for. */
    MOUNT_NS,
    /** Its path starts like none of those asked for. */
    PATH,
    /** It failed, and successes were asked for, or the reverse. */
    RESULT
}
