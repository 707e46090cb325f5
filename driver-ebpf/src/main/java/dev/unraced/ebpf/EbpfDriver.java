// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.ebpf.libbpf.Machine;
import dev.unraced.event.Abi;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.machine.CgroupHierarchies;
import dev.unraced.machine.OfferedAbis;
import dev.unraced.machine.OfferedCalls;
import dev.unraced.ring.RingCapture;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Captures calls from the running kernel. Needs Linux 5.17 or newer with BTF, and root, or CAP_BPF, CAP_PERFMON and
 * CAP_DAC_READ_SEARCH.
 *
 * <p>The function tier reads arguments where the kernel's own function for a watched call begins, and completes them
 * where it returns. Where the kernel lets no program there, or could preempt it, the tracepoint tier does the same in
 * the {@code sys_enter} and {@code sys_exit} tracepoints: of each watched call, or of all calls where those by the
 * 32-bit and x32 conventions are watched, too. io_uring requests use the tracepoints of io_uring. The kernel-copy tier,
 * for mitigation <em>kernel</em>, reads the kernel's own copies within the call, where the kernel lets programs into
 * its functions: by {@code fentry} and {@code fexit}, or else by kprobes.
 */
public final class EbpfDriver implements Driver {
    /** The name that configuration selects. */
    public static final String NAME = "ebpf";

    private static final Capabilities EVERYWHERE = Capabilities.complete();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        EbpfSettings settings;
        try {
            settings = EbpfSettings.of(config);
        } catch (InvalidConfigException e) {
            return Availability.Unavailable.of(e);
        }
        return KernelProbe.availability(
                EbpfSettings.smallest(settings.libbpf(), false).with(settings.hooks()));
    }

    @Override
    public boolean isProvedByOpening() {
        return true;
    }

    /**
     * Asks the kernel about each capability that takes some ten milliseconds to find out. It asks only when that
     * capability is queried, and once in a process.
     */
    @Override
    public Capabilities capabilities() {
        return capabilities(EbpfSettings.configured());
    }

    @Override
    public Capabilities capabilities(CaptureConfig config) {
        return capabilities(EbpfSettings.of(config));
    }

    @Override
    public Map<String, String> notes(CaptureConfig config) {
        EbpfSettings settings = EbpfSettings.of(config);
        String copies = KernelProbe.copies(settings.libbpf()).describe(settings.copies());
        return Map.of(
                "hooks",
                CallFunctions.describe(settings),
                "kernel copies",
                copies,
                "libbpf",
                LibBpf.description(),
                "tracepoints",
                Tracepoints.describe(settings.perfEvents()));
    }

    @Override
    public Capture open(CaptureConfig config) {
        EbpfSettings settings = EbpfSettings.of(config);
        if (config.mitigation() == Mitigation.KERNEL) {
            capabilities(settings).require(Mitigation.KERNEL, NAME);
        }
        if (settings.syscalls().isEmpty()) {
            config.syscalls().forEach(call -> capabilities(settings).require(call, NAME));
        }
        try {
            EbpfSource source = EbpfSource.start(settings);
            return new RingCapture(NAME, capabilities(source.settings()), source.reader(), source);
        } catch (EbpfFailure e) {
            String advice = settings.isAtFunctions()
                    ? " With unraced.ebpf.hooks = auto the driver goes to tracepoints where the kernel refuses functions."
                    : "";
            throw new CaptureException(
                    "driver ebpf: " + Diagnosis.of(e, Machine.current()).describe() + advice, e);
        }
    }

    private static Capabilities capabilities(EbpfSettings settings) {
        String libbpf = settings.libbpf();
        Capabilities here = EVERYWHERE
                .withoutIf(Syscall.OPEN, () -> OfferedCalls.unavailableReason(Syscall.OPEN))
                .withoutIf(Syscall.CREAT, () -> OfferedCalls.unavailableReason(Syscall.CREAT))
                .withoutIf(Abi.IA32, OfferedAbis::ia32UnavailableReason)
                .withoutIf(Abi.X32, OfferedAbis::x32UnavailableReason)
                .withoutIf(Feature.CONTAINER_ID, CgroupHierarchies::againstContainers)
                .withoutIf(Feature.CGROUP_PATH, CgroupHierarchies::againstContainers)
                .withoutIf(Origin.IO_URING, () -> KernelProbe.againstRequests(libbpf))
                .withoutIf(Feature.CALLS_UNDER_WAY, () -> againstCallsUnderWay(settings))
                .withoutIf(Feature.REFUSED_CALLS, () -> againstRefusedCalls(settings))
                .withoutIf(
                        Feature.KERNEL_SNAPSHOTS, () -> settings.snapshots() ? null : "unraced.ebpf.snapshots is off")
                .withoutIf(Mitigation.KERNEL, () -> KernelProbe.copies(libbpf).unavailableReason(settings.copies()));
        if (settings.compat()) {
            return here;
        }
        String off = "unraced.ebpf.compat is off";
        return here.without(Abi.IA32, off).without(Abi.X32, off);
    }

    private static @Nullable String againstCallsUnderWay(EbpfSettings settings) {
        return CallFunctions.areTaken(settings)
                ? "the kernel shows the return from a function only of calls that entered it later"
                : null;
    }

    private static @Nullable String againstRefusedCalls(EbpfSettings settings) {
        return CallFunctions.areTaken(settings) ? "a refused call does not reach the kernel's function for it" : null;
    }
}
