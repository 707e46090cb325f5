// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.event.Syscall;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out whether the kernel-copy tier can be had, by loading and attaching its programs. Thread-safe. */
final class KernelCopyProbe {
    private static boolean isKnown;
    private static @Nullable String known;

    private KernelCopyProbe() {}

    /**
     * Why the tier cannot be had; null when it can. What the kernel answered once it answers again, so it is asked once
     * in a process.
     *
     * @param libbpf the library to ask by
     */
    static synchronized @Nullable String reasonAgainst(String libbpf) {
        if (isKnown) {
            return known;
        }
        try (BpfObject main = load(libbpf)) {
            known = tryOn(main);
            isKnown = true;
            return known;
        } catch (EbpfFailure | RuntimeException | LinkageError e) {
            // Not even the tracepoint tier: that may change, with another library or more privilege.
            return "it could not be tried, since the tracepoint tier does not load";
        }
    }

    private static BpfObject load(String libbpf) throws EbpfFailure {
        LibBpf.bind(libbpf);
        return LibBpf.quietly(() -> BpfObject.load(EbpfSettings.smallest(libbpf), LibBpf.libbpf_num_possible_cpus()));
    }

    private static @Nullable String tryOn(BpfObject main) {
        try {
            KernelCopy copy = LibBpf.quietly(() -> KernelCopy.attach(main, Set.of(Syscall.values())));
            copy.close();
            return null;
        } catch (EbpfFailure e) {
            return Diagnosis.kernelCopy(e, Machine.current());
        }
    }
}
