// SPDX-License-Identifier: Apache-2.0
/**
 * Several drivers need these parts: rings, stashes, native parts, and what the running kernel offers.
 *
 * @provides dev.unraced.process.CgroupResolver the cgroups of this machine
 * @provides dev.unraced.process.UserResolver the users of this machine
 */
module dev.unraced.support {
    requires transitive dev.unraced.api;
    requires static com.sun.jna;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.unraced.machine;
    exports dev.unraced.natives;
    exports dev.unraced.ring;
    exports dev.unraced.settings;
    exports dev.unraced.stash;

    provides dev.unraced.process.CgroupResolver with
            dev.unraced.users.CgroupHandles;
    provides dev.unraced.process.UserResolver with
            dev.unraced.users.SystemUsers;
}
