// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

import com.sun.jna.Native;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Availability.Available;
import dev.unraced.capture.Availability.Inconclusive;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.event.Abi;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.machine.OfferedAbis;
import dev.unraced.machine.OfferedCalls;
import dev.unraced.ring.RingCapture;

/** Watches some processes, and those that they start, by ptrace(2). */
public final class PtraceDriver implements Driver {
    static final String NAME = "ptrace";

    private static final int NOBODY = Integer.MAX_VALUE;
    private static final String NO_CGROUPS = "the hierarchy of cgroups is not looked at";
    private static final String NO_SOCKETS = "the sockets of another process are not looked at";
    private static final String ONE_TRACER = "a thread has one tracer";

    private static final Capabilities CAPABILITIES = Capabilities.complete()
            .withoutIf(Syscall.OPEN, () -> OfferedCalls.unavailableReason(Syscall.OPEN))
            .withoutIf(Syscall.CREAT, () -> OfferedCalls.unavailableReason(Syscall.CREAT))
            .withoutIf(Abi.IA32, OfferedAbis::ia32UnavailableReason)
            .withoutIf(Abi.X32, OfferedAbis::x32UnavailableReason)
            .without(Origin.IO_URING, "a request on an io_uring makes no call at which a thread stops")
            .without(Mitigation.KERNEL, "a tracer does not see the copy that the kernel makes")
            .without(Integrity.MATCH, "the path is not compared with the file")
            .without(Integrity.DIFFERS, "the path is not compared with the file")
            .without(Feature.RESOLVED_TAIL, "the kernel shows no part of a path that is longer than a page")
            .without(Feature.CREATED_FLAG, "the kernel does not tell a tracer whether the file was there before")
            .without(Feature.SOCKET_TUPLE, NO_SOCKETS)
            .without(Feature.CONNECTING_PEER, NO_SOCKETS)
            .without(Feature.CGROUP_ID, NO_CGROUPS)
            .without(Feature.FILTER_CGROUP, NO_CGROUPS)
            .without(Feature.FILTER_EXECUTABLE, "no record of a call names the file that its caller executes")
            .without(Feature.START_NAMESPACES, "the driver looks at the mount of the opened file alone")
            .without(Feature.CONTAINER_ID, "the kernel knows no containers")
            .without(Feature.OWN_CALLS, "a process cannot trace itself")
            .without(Feature.FILTERS_AT_ENTRY, "filters apply at the return, when the call has had its stash entry")
            .without(Feature.LIVE_FILTERS, "the example keeps the filters with which it was opened")
            .without(Feature.RATE_LIMITS, "the example counts no events of callers")
            .without(Feature.LOSSES_BY_CALLER, "the example counts no losses of callers")
            .without(Feature.PROCESS_EVENTS, "the driver reports calls, and no processes")
            .without(Feature.FAILED_EXECS, "the driver reports calls, and no processes")
            .without(Feature.EXEC_CALLS, "the driver reports calls, and no processes")
            .without(Feature.TERMINALS, "the driver reports calls, and no processes")
            .without(Feature.CGROUP_PATH, "the driver reports calls, and no processes")
            .without(Feature.PROCESS_KEY, "nothing tells a tracer how often a process has executed a program")
            .without(Feature.ENTER_EVENTS, "the driver writes one record of a call, and none at its entry")
            .without(Feature.CALLS_UNDER_WAY, "the tracer interrupts a call under way, and sees it begin anew")
            .without(Feature.UNDISTURBED_CALLS, "even an ignored signal interrupts a call of a traced thread")
            .without(Feature.REWRITTEN_CALLS, ONE_TRACER)
            .without(Feature.SEVERAL_CAPTURES, ONE_TRACER)
            .without(Feature.SEVERAL_PROCESSES, ONE_TRACER);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        try {
            Ptrace.request(Ptrace.SEIZE, NOBODY, 0);
            // ESRCH means that the kernel allows the request: no such process exists.
            return Native.getLastError() == Ptrace.ESRCH
                    ? new Available()
                    : new Unavailable(
                            "NO_PTRACE",
                            "The system call ptrace is forbidden here.",
                            "Run outside the sandbox or with a seccomp profile that allows it.");
        } catch (LinkageError e) {
            return new Inconclusive(e.toString());
        }
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Capture open(CaptureConfig config) {
        CAPABILITIES.require(config.mitigation(), NAME);
        if (config.enterEvents()) {
            CAPABILITIES.require(Feature.ENTER_EVENTS, NAME);
        }
        if (config.processEvents()) {
            CAPABILITIES.require(Feature.PROCESS_EVENTS, NAME);
        }
        if (config.limits().isOn()) {
            CAPABILITIES.require(Feature.RATE_LIMITS, NAME);
        }
        config.filters().needs().forEach(filter -> CAPABILITIES.require(filter, NAME));
        Tracer tracer = Tracer.start(config);
        return new RingCapture(NAME, CAPABILITIES, tracer.reader(), tracer);
    }
}
