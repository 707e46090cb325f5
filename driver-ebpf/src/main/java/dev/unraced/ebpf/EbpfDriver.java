// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Availability;
import dev.unraced.driver.Capabilities;
import dev.unraced.driver.Capture;
import dev.unraced.driver.CaptureException;
import dev.unraced.driver.Driver;
import dev.unraced.event.Abi;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.ring.RingCapture;

/**
 * Captures calls from the running kernel. Needs Linux 5.17 or newer with BTF, and root, or CAP_BPF, CAP_PERFMON and
 * CAP_DAC_READ_SEARCH.
 *
 * <p>The tracepoint tier: arguments are read in the {@code sys_enter} tracepoint of each watched call and completed in
 * its {@code sys_exit}. The kernel-copy tier, for mitigation <em>kernel</em>, takes the kernel's own copies of them
 * from within the call, where the kernel lets programs into its functions ({@code fentry}, {@code fexit}).
 */
public final class EbpfDriver implements Driver {
    /** The name that configuration selects. */
    public static final String NAME = "ebpf";

    private static final Capabilities CAPABILITIES = Capabilities.complete()
            .without(Abi.IA32, "the syscall tracepoints do not fire for 32-bit calls")
            .without(Abi.X32, "the syscall tracepoints do not fire for x32 calls")
            .without(Origin.IO_URING, "io_uring requests pass no syscall tracepoint")
            .without(Feature.CONTAINER_ID, "the kernel has cgroups and namespaces, but no containers");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        return EbpfProbe.availability(
                EbpfSettings.smallest(EbpfSettings.of(config).libbpf()));
    }

    /** Asks the kernel, the first time, whether it lets programs into its functions: some hundred milliseconds. */
    @Override
    public Capabilities capabilities() {
        return capabilities(EbpfSettings.configuredLibbpf());
    }

    private static Capabilities capabilities(String libbpf) {
        String reason = KernelCopyProbe.reasonAgainst(libbpf);
        return reason == null ? CAPABILITIES : CAPABILITIES.without(Mitigation.KERNEL, reason);
    }

    @Override
    public Capture open(CaptureConfig config) {
        EbpfSettings settings = EbpfSettings.of(config);
        if (config.mitigation() == Mitigation.KERNEL) {
            capabilities(settings.libbpf()).require(Mitigation.KERNEL, NAME);
        }
        try {
            EbpfSource source = EbpfSource.start(settings);
            return new RingCapture(NAME, capabilities(settings.libbpf()), source.reader(), source);
        } catch (EbpfFailure e) {
            throw new CaptureException(
                    "driver ebpf: " + Diagnosis.of(e, Machine.current()).describe(), e);
        }
    }
}
