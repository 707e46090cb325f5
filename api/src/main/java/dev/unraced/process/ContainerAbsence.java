// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

/** Why the names of a container are not known. */
public enum ContainerAbsence {
    /** The runtime has not answered yet; a later event can have the names. */
    NOT_YET,
    /** The runtime knows no container of this id: another one made it, it is gone, or its cgroup is forged. */
    NOT_LISTED,
    /** The runtime has this container in another pod than the path of the cgroup names, so one of both is forged. */
    OTHER_POD,
    /**
     * The cgroup is in a user's part of the hierarchy ({@link Container#delegatedTo}): this user can have made it, and
     * no runtime's pod is there.
     */
    DELEGATED,
    /** There is no socket of a runtime. */
    NO_SOCKET,
    /** This process may not write to the runtime's socket. */
    NOT_ALLOWED,
    /** The runtime does not answer, or not in time. */
    NO_ANSWER,
    /** The listener at the socket does not speak the Container Runtime Interface, version 1. */
    NO_CRI,
    /** More containers were asked for at once than are kept. */
    CROWDED
}
