// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Optional;
import java.util.Set;

/**
 * The event of an {@code open}, {@code openat}, {@code openat2} or {@code creat}.
 *
 * @param dirfd directory that a relative path starts at; AT_FDCWD (-100) is the working directory
 * @param path the path as passed
 * @param how flags, mode and resolve as passed
 * @param file the file that was really opened; empty when the call failed or the file could not be read
 */
public record OpenEvent(
        Call call,
        Caller caller,
        Set<EventFlag> flags,
        int dirfd,
        Argument<ByteString> path,
        Argument<OpenHow> how,
        Optional<OpenedFile> file)
        implements SyscallEvent {

    public OpenEvent {
        flags = Set.copyOf(flags);
    }
}
