// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/**
 * The identity of a place, as a tracer can remember it: two numbers with no other meaning, like the addresses of
 * {@code struct vfsmount} and {@code struct dentry}.
 *
 * @param mount number of the mount; 0 for no place
 * @param dentry number of the directory entry
 */
public record Place(long mount, long dentry) {
    public static Place of(Location location) {
        return new Place(location.mount().thing(), location.dentry().thing());
    }
}
