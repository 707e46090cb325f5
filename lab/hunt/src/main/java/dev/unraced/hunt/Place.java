// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

/**
 * A place in the tree: a node as it is seen through a mount.
 *
 * @param mount number of the mount
 * @param node inode number
 */
record Place(int mount, long node) {
    /** A place beyond the tree, where the model knows nothing. */
    static final Place OUTSIDE = new Place(-1, -1);
}
