// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** Reads all fields of an event, as a careful handler would. */
public final class Readers {

    private Readers() {}

    /** Calls every accessor that does not allocate; the sum keeps the reads alive. */
    public static long readAll(EventView event) {
        long sum = event.length();
        sum += event.syscall().code()
                + event.abi().code()
                + event.origin().code()
                + event.mitigation().code();
        sum += event.sequence() + event.source() + event.enterNanos() + event.exitNanos() + event.result();
        sum += event.failed() ? 1 : 0;
        sum += event.isInProgress() ? 1 : 0;
        sum += event.errnoName().isPresent() ? 1 : 0;
        sum += event.isInterrupted() ? 1 : 0;
        sum += event.tid() + event.tgid() + event.threadStartNanos() + event.parentTgid();
        sum += event.uid() + event.gid() + event.cgroupId() + event.mountNamespace() + event.pidNamespace();
        sum += event.flags() + (event.has(EventFlag.TRUNCATED) ? 1 : 0);
        sum += bytes(event.comm()) + bytes(event.containerId());
        sum += argument(event.path()) + bytes(event.resolvedPath());
        sum += argument(event.address()) + bytes(event.socketLocal()) + bytes(event.socketRemote());
        return sum + (event.isOpenLike() ? open(event) : connect(event));
    }

    /** Asks only the flags before it reads numbers: every field that a flag promises must be readable. */
    public static long readByFlags(EventView event) {
        long sum = 0;
        if (event.has(EventFlag.HAS_FILE)) {
            sum += event.inode() + event.deviceMajor() + event.deviceMinor();
        }
        if (event.has(EventFlag.HAS_SOCKET)) {
            sum += event.socketFamily() + event.socketType() + event.socketProtocol();
        }
        return sum;
    }

    private static long open(EventView event) {
        return event.dirfd()
                + event.openFlags()
                + event.mode()
                + event.resolve()
                + event.howSize()
                + event.howProvenance().code()
                + event.howIntegrity().code()
                + event.inode()
                + event.deviceMajor()
                + event.deviceMinor();
    }

    private static long connect(EventView event) {
        return (long) event.fd()
                + event.addrlen()
                + event.blockProvenance().code()
                + event.blockIntegrity().code()
                + event.socketFamily()
                + event.socketType()
                + event.socketProtocol();
    }

    private static long argument(ArgumentView view) {
        return bytes(view) + view.provenance().code() + view.integrity().code();
    }

    private static long bytes(BytesView view) {
        long sum = view.isPresent() ? 1 : 0;
        for (int i = 0; i < view.length(); i++) {
            sum += view.byteAt(i);
        }
        return sum;
    }
}
