// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import dev.unraced.config.EventFilters;
import dev.unraced.event.ByteString;
import dev.unraced.protocol.v1.Filters;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Converts filters to a message and back. */
public final class FiltersCodec {

    private FiltersCodec() {}

    /** Returns the message for filters. */
    public static Filters encode(EventFilters filters) {
        Filters.Builder message = Filters.newBuilder()
                .addAllTgids(filters.tgids())
                .addAllCgroups(filters.cgroups())
                .addAllExecutables(filters.executables())
                .setResult(Codes.encode(filters.result()));
        // The wire's numbers are unsigned.
        filters.uids().forEach(uid -> message.addUids(uid.intValue()));
        filters.mountNamespaces().forEach(namespace -> message.addMountNamespaces(namespace));
        filters.paths().forEach(path -> message.addPaths(com.google.protobuf.ByteString.copyFrom(path.toByteArray())));
        return message.build();
    }

    /**
     * Returns the filters of a message.
     *
     * @throws IllegalArgumentException when a filter does not allow a value
     */
    public static EventFilters decode(Filters message) {
        List<ByteString> paths = message.getPathsList().stream()
                .map(path -> ByteString.copyOf(path.toByteArray()))
                .toList();
        for (ByteString path : paths) {
            require(
                    !path.isEmpty() && path.length() <= EventFilters.MAX_PATH,
                    "a path of " + path.length() + " bytes; allowed: 1 to " + EventFilters.MAX_PATH);
        }
        for (int tgid : message.getTgidsList()) {
            require(tgid > 0, "thread group " + Integer.toUnsignedString(tgid) + "; allowed: 1 to 2147483647");
        }
        for (int uid : message.getUidsList()) {
            require(uid != -1, "user 4294967295, which is none");
        }
        for (long cgroup : message.getCgroupsList()) {
            require(cgroup > 0, "cgroup " + Long.toUnsignedString(cgroup) + "; allowed: 1 to 9223372036854775807");
        }
        for (long namespace : message.getMountNamespacesList()) {
            require(namespace > 0 && namespace <= 0xFFFF_FFFFL, "a mount namespace that is no inode number");
        }
        for (String executable : message.getExecutablesList()) {
            require(executable.startsWith("/"), "executable " + executable + ", which is no absolute path");
        }
        Set<Long> uids =
                message.getUidsList().stream().map(Integer::toUnsignedLong).collect(Collectors.toSet());
        return new EventFilters(
                new LinkedHashSet<>(message.getTgidsList()),
                uids,
                new LinkedHashSet<>(message.getCgroupsList()),
                new LinkedHashSet<>(message.getMountNamespacesList()),
                new LinkedHashSet<>(message.getExecutablesList()),
                paths,
                Codes.decode(message.getResult()));
    }

    private static void require(boolean holds, String wrong) {
        if (!holds) {
            throw new IllegalArgumentException("the filter has " + wrong);
        }
    }
}
