// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventView;
import dev.unraced.event.Sockaddr;
import java.util.List;

/**
 * Chooses events by their paths: that of an open as passed and of the file that was really opened, and that of a UNIX
 * socket. Allocates nothing.
 */
final class PathFilter {
    private static final int SOCKET_PATH_AT = 2;

    private final ByteString[] prefixes;
    private final Glob[] globs;

    PathFilter(List<String> prefixes, List<String> globs) {
        this.prefixes = prefixes.stream().map(ByteString::utf8).toArray(ByteString[]::new);
        this.globs = globs.stream().map(Glob::new).toArray(Glob[]::new);
    }

    /** Returns whether one of the event's paths is wanted. */
    boolean isAny(EventView event) {
        return event.isOpenLike()
                ? isWanted(event.path(), 0) || isWanted(event.resolvedPath(), 0)
                : isUnix(event.address()) && isWanted(event.address(), SOCKET_PATH_AT);
    }

    /**
     * Returns whether the event has a path, and each one is wanted. So a path that is left out does not take an event
     * with it whose file has another one.
     */
    boolean isEach(EventView event) {
        if (!event.isOpenLike()) {
            return isUnix(event.address()) && isWanted(event.address(), SOCKET_PATH_AT);
        }
        BytesView passed = event.path();
        BytesView opened = event.resolvedPath();
        return (passed.isPresent() || opened.isPresent())
                && (!passed.isPresent() || isWanted(passed, 0))
                && (!opened.isPresent() || isWanted(opened, 0));
    }

    private boolean isWanted(BytesView path, int from) {
        for (ByteString prefix : prefixes) {
            if (path.startsWith(prefix, from)) {
                return true;
            }
        }
        for (Glob glob : globs) {
            if (glob.matches(path, from)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnix(BytesView address) {
        return address.length() > SOCKET_PATH_AT && PeerFilter.familyOf(address) == Sockaddr.AF_UNIX;
    }
}
