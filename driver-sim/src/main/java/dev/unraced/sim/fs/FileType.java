// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/** The type of an inode: the S_IFMT bits of its mode. */
public enum FileType {
    REGULAR,
    DIRECTORY,
    SYMLINK,
    FIFO,
    SOCKET
}
