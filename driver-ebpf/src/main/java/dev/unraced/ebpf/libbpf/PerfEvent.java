// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.libbpf;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.natives.LibC;

/** perf_event_open(2), as far as attaching a program to a tracepoint needs it. */
public final class PerfEvent {
    private static final int ATTR_SIZE = 128;
    private static final int PERF_TYPE_TRACEPOINT = 2;
    private static final int PERF_FLAG_FD_CLOEXEC = 8;
    private static final int CONFIG = 8;
    private static final int SAMPLE_PERIOD = 16;
    private static final int WAKEUP_EVENTS = 48;

    private PerfEvent() {}

    /** Opens an event on a tracepoint; a program attached to it runs on every CPU. */
    public static int ofTracepoint(long id) throws EbpfFailure {
        try (Memory attr = new Memory(ATTR_SIZE)) {
            attr.clear();
            attr.setInt(0, PERF_TYPE_TRACEPOINT);
            attr.setInt(4, ATTR_SIZE);
            attr.setLong(CONFIG, id);
            attr.setLong(SAMPLE_PERIOD, 1);
            attr.setInt(WAKEUP_EVENTS, 1);
            long fd = LibC.syscall(
                    Machine.perfEventOpenNumber(), Pointer.nativeValue(attr), -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
            if (fd < 0) {
                throw new EbpfFailure(Step.ATTACH, Native.getLastError(), "perf_event_open of tracepoint " + id);
            }
            return (int) fd;
        }
    }
}
