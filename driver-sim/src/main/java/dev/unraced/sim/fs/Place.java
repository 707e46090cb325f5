// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/**
 * Which place something was, as a tracer can remember it: two numbers that mean nothing but themselves, as the
 * addresses of {@code struct vfsmount} and {@code struct dentry} do.
 *
 * @param mount number of the mount; 0 for no place
 * @param dentry number of the directory entry
 */
public record Place(long mount, long dentry) {
    public static Place of(Location location) {
        return new Place(location.mount().thing(), location.dentry().thing());
    }
}
