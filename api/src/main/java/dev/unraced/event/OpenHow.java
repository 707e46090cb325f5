// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/**
 * The flags, mode and resolve bits of an open, raw as passed.
 *
 * @param flags O_* bits
 * @param mode permission bits; without O_CREAT or O_TMPFILE the kernel ignores them, and they may be garbage
 * @param resolve RESOLVE_* bits of openat2; 0 for the other calls
 * @param size openat2's size argument in bytes; 0 for the other calls
 */
public record OpenHow(long flags, long mode, long resolve, long size) {}
