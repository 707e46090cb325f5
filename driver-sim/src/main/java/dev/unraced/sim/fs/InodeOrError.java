// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import org.jspecify.annotations.Nullable;

/**
 * An inode, or the error that explains its absence.
 *
 * @param error 0, or a positive error number
 * @param inode null exactly when there is an error
 */
public record InodeOrError(int error, @Nullable Inode inode) {
    static InodeOrError of(Inode inode) {
        return new InodeOrError(0, inode);
    }

    static InodeOrError failed(int error) {
        return new InodeOrError(error, null);
    }
}
