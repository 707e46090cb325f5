// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

/** Why a call was left out on purpose. */
public enum FilterReason {
    /** The capturing process made it. */
    SELF,
    /** Its thread group is not among those asked for. */
    TGID,
    /** Its user is not among those asked for. */
    UID,
    /** Its cgroup is not among those asked for. */
    CGROUP
}
