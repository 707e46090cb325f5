// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.script;

import dev.unraced.capture.Capabilities;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.Call;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.Provenance;
import dev.unraced.event.SocketcallBlock;
import dev.unraced.event.SyscallEvent;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Reduces the events of two drivers to what both report. */
final class CommonGround {
    private final Capabilities common;
    private final boolean sameMode;
    private final boolean sameIntegrity;
    private final boolean sameProvenance;

    /**
     * Makes the common ground of two drivers.
     *
     * @param common the capabilities that both declare
     * @param sameMode whether both ran in the same mode
     */
    CommonGround(Capabilities common, boolean sameMode) {
        this.common = common;
        this.sameMode = sameMode;
        this.sameIntegrity = Arrays.stream(Integrity.values()).allMatch(common::has);
        this.sameProvenance = sameMode && Arrays.stream(Provenance.values()).allMatch(common::has);
    }

    /** Returns the events of calls that both report, without what only one reports about them. */
    List<SyscallEvent> reduce(List<SyscallEvent> events) {
        return events.stream().filter(this::isCommon).map(this::reduce).toList();
    }

    private boolean isCommon(SyscallEvent event) {
        return common.has(event.call().syscall())
                && common.has(event.call().abi())
                && common.has(event.call().origin());
    }

    private SyscallEvent reduce(SyscallEvent event) {
        if (event instanceof OpenEvent open) {
            return new OpenEvent(
                    reduce(open.call()),
                    open.caller(),
                    flags(open),
                    open.dirfd(),
                    reduce(open.path()),
                    reduce(open.how()),
                    hasFile() ? open.file().map(this::reduce) : open.file().filter(file -> false));
        }
        ConnectEvent connect = (ConnectEvent) event;
        return new ConnectEvent(
                reduce(connect.call()),
                connect.caller(),
                flags(connect),
                connect.fd(),
                reduce(connect.address()),
                connect.addrlen(),
                connect.socket().filter(socket -> hasSocket(connect)),
                connect.block().map(this::reduce));
    }

    private Call reduce(Call call) {
        Mitigation mode = sameMode ? call.mitigation() : Mitigation.OFF;
        return Call.builder()
                .type(call.type())
                .syscall(call.syscall())
                .abi(call.abi())
                .origin(call.origin())
                .mitigation(mode)
                .result(call.result())
                .build();
    }

    private <T> Argument<T> reduce(Argument<T> argument) {
        Provenance some = argument.isPresent() ? Provenance.KERNEL : Provenance.NONE;
        return new Argument<>(
                argument.value(),
                sameProvenance ? argument.provenance() : some,
                sameIntegrity ? argument.integrity() : Integrity.UNCHECKED);
    }

    private SocketcallBlock reduce(SocketcallBlock block) {
        return new SocketcallBlock(
                sameProvenance ? block.provenance() : Provenance.KERNEL,
                sameIntegrity ? block.integrity() : Integrity.UNCHECKED);
    }

    private OpenedFile reduce(OpenedFile file) {
        return new OpenedFile(
                common.has(Feature.RESOLVED_PATH) ? file.path() : ByteString.EMPTY,
                file.deviceMajor(),
                file.deviceMinor(),
                file.inode(),
                file.created() && common.has(Feature.CREATED_FLAG));
    }

    /** Returns whether both drivers have the addresses of a connect's socket. */
    private boolean hasSocket(ConnectEvent connect) {
        return common.has(Feature.SOCKET_TUPLE)
                && (connect.call().result() == 0 || common.has(Feature.CONNECTING_PEER));
    }

    private boolean hasFile() {
        return common.has(Feature.RESOLVED_PATH) || common.has(Feature.DEVICE_INODE);
    }

    /** Returns the flags that both drivers can set, in the order of declaration, so that two texts can be compared. */
    private Set<EventFlag> flags(SyscallEvent event) {
        EnumSet<EventFlag> flags = EnumSet.noneOf(EventFlag.class);
        flags.addAll(event.flags());
        removeUnless(hasFile(), flags, EventFlag.HAS_FILE);
        removeUnless(common.has(Feature.CREATED_FLAG), flags, EventFlag.CREATED);
        removeUnless(event instanceof OpenEvent || hasSocket((ConnectEvent) event), flags, EventFlag.HAS_SOCKET);
        removeUnless(
                common.has(Feature.RESOLVED_PATH),
                flags,
                EventFlag.RESOLVED_TRUNCATED,
                EventFlag.DELETED,
                EventFlag.FOREIGN_MOUNT_NS);
        removeUnless(common.has(Feature.RESOLVED_PATH) && common.has(Feature.DETACHED_FLAG), flags, EventFlag.DETACHED);
        // These flags only say how far to trust the file or the socket; a driver that need not set them is the better
        // one.
        flags.removeAll(List.of(EventFlag.FD_TABLE_SHARED, EventFlag.SOCKET_SHARED, EventFlag.RESOLVED_UNSTABLE));
        // A failed snapshot does not matter where the modes differ or the kernel's copy replaces it.
        removeUnless(sameProvenance, flags, EventFlag.FAULTED);
        return Collections.unmodifiableSet(flags);
    }

    private static void removeUnless(boolean kept, Set<EventFlag> flags, EventFlag... removed) {
        if (!kept) {
            flags.removeAll(List.of(removed));
        }
    }
}
