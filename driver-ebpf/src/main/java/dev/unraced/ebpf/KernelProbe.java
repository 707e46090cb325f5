// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.event.Syscall;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what the running kernel allows, by trying: whether the kernel-copy tier can be had, and whether requests of
 * io_urings can be read. It takes some ten milliseconds. Thread-safe.
 */
final class KernelProbe {
    private static @Nullable Answer known;

    private KernelProbe() {}

    /** @param hasRequests whether requests of io_urings can be read */
    private record Answer(boolean hasRequests, OfferedCopies copies) {}

    /**
     * Which ways there are to the kernel's copies.
     *
     * @param libbpf the library to ask by
     */
    static OfferedCopies copies(String libbpf) {
        Answer answer = ask(libbpf);
        // That may change, with another library or more privilege.
        return answer == null ? OfferedCopies.UNKNOWN : answer.copies();
    }

    /** Why requests of io_urings cannot be read; null when they can, or when nobody knows. */
    static @Nullable String againstRequests(String libbpf) {
        Answer answer = ask(libbpf);
        return answer == null || answer.hasRequests()
                ? null
                : "this kernel has no io_uring that requests can be read from";
    }

    /**
     * What the kernel answered once it answers again, so it is asked once in a process. Null: it could not be asked.
     */
    private static synchronized @Nullable Answer ask(String libbpf) {
        if (known != null) {
            return known;
        }
        try (BpfObject main = load(libbpf)) {
            known = new Answer(hasRequests(main), tryCopies(main));
            return known;
        } catch (EbpfFailure | RuntimeException | LinkageError e) {
            return null;
        }
    }

    private static BpfObject load(String libbpf) throws EbpfFailure {
        LibBpf.bind(libbpf);
        return LibBpf.quietly(
                () -> BpfObject.load(EbpfSettings.smallest(libbpf, false), LibBpf.libbpf_num_possible_cpus()));
    }

    private static boolean hasRequests(BpfObject main) throws EbpfFailure {
        Mapping memory = Mapping.of(main.map("control"), 0, LibC.getpagesize(), true);
        try {
            main.run("who_am_i");
            return new Control(memory.buffer()).hasRequests();
        } finally {
            memory.unmap();
        }
    }

    private static OfferedCopies tryCopies(BpfObject main) {
        Map<CopyTier, Offer> offers = new EnumMap<>(CopyTier.class);
        for (CopyTier tier : CopyTier.values()) {
            offers.put(tier, offer(main, tier));
        }
        return new OfferedCopies(offers);
    }

    private static Offer offer(BpfObject main, CopyTier tier) {
        try {
            LibBpf.quietly(() -> KernelCopy.attach(main, tier, Set.of(Syscall.values())))
                    .close();
            return new Offer.Works();
        } catch (EbpfFailure e) {
            return Diagnosis.kernelCopy(e, tier, Machine.current());
        }
    }
}
