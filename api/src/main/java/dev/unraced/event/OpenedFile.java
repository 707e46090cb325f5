// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/**
 * The file that a call really opened, read from the kernel when the call returned.
 *
 * @param path its path from the root of the caller's mount namespace
 * @param deviceMajor major device number of its superblock
 * @param deviceMinor minor device number of its superblock
 * @param inode its inode number
 * @param created whether this call created it
 */
public record OpenedFile(ByteString path, int deviceMajor, int deviceMinor, long inode, boolean created) {}
