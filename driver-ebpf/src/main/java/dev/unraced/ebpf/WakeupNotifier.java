// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.natives.LibC;

/** Sleeps on a ring's descriptor, and on a descriptor of its own so that another thread can end the sleep. */
final class WakeupNotifier {
    private static final int POLLFD_SIZE = 8;
    private static final int EVENTS = 4;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int eventFd;
    private final Memory pollFds = new Memory(2 * POLLFD_SIZE);
    private final Memory one = new Memory(Long.BYTES);

    private WakeupNotifier(int ring, int eventFd) {
        this.eventFd = eventFd;
        pollFds.clear();
        pollFds.setInt(0, ring);
        pollFds.setShort(EVENTS, LibC.POLLIN);
        pollFds.setInt(POLLFD_SIZE, eventFd);
        pollFds.setShort(POLLFD_SIZE + EVENTS, LibC.POLLIN);
        one.setLong(0, 1);
    }

    static WakeupNotifier of(int ring) throws EbpfFailure {
        int eventFd = LibC.newEventFd();
        if (eventFd < 0) {
            throw new EbpfFailure(Step.MAP_MEMORY, Native.getLastError(), "eventfd");
        }
        return new WakeupNotifier(ring, eventFd);
    }

    void await(long nanos) {
        long millis = (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        LibC.poll(pollFds, 2, (int) Math.min(millis, Integer.MAX_VALUE));
    }

    /** Ends the sleep; any thread may call this. The event stays signalled, as a capture is woken only to close. */
    void wake() {
        LibC.write(eventFd, one, Long.BYTES);
    }

    void close() {
        LibC.close(eventFd);
    }
}
