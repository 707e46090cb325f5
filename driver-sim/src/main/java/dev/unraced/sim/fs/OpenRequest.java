// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/**
 * The arguments of an open: {@code struct open_how}, after build_open_flags() of fs/open.c let it pass.
 *
 * @param flags O_ bits of {@link dev.unraced.linux.OpenFlags}
 * @param mode permission bits of a file that is created, after the umask
 * @param resolve RESOLVE_ bits of {@link dev.unraced.linux.OpenFlags}
 */
public record OpenRequest(long flags, int mode, long resolve) {
    boolean has(long flag) {
        return (flags & flag) != 0;
    }
}
