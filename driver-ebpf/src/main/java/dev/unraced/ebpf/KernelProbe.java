// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.event.Syscall;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what the running kernel allows, by trying: by which ways the kernel's copies can be had, and whether
 * requests of io_urings can be read. Each question takes some ten milliseconds, and is asked once in a process, when
 * somebody wants to know. Thread-safe.
 */
final class KernelProbe {
    private static final Map<CopyTier, Offer> OFFERS = new EnumMap<>(CopyTier.class);
    private static @Nullable Boolean hasRequests;

    private KernelProbe() {}

    /** What is asked of the kernel with the tracepoint tier loaded. */
    private interface Question<T> {
        T ask(BpfObject main) throws EbpfFailure;
    }

    /**
     * Which ways there are to the kernel's copies.
     *
     * @param libbpf the library to ask by
     */
    static OfferedCopies copies(String libbpf) {
        return new OfferedCopies(tier -> offer(libbpf, tier));
    }

    /** Why requests of io_urings cannot be read; null when they can, or when nobody knows. */
    static synchronized @Nullable String againstRequests(String libbpf) {
        if (hasRequests == null) {
            hasRequests = ask(libbpf, KernelProbe::hasRequests);
        }
        return hasRequests == null || hasRequests ? null : "this kernel has no io_uring that requests can be read from";
    }

    private static synchronized Offer offer(String libbpf, CopyTier tier) {
        Offer known = OFFERS.get(tier);
        if (known != null) {
            return known;
        }
        Offer offer = ask(libbpf, main -> offer(main, tier));
        if (offer == null) {
            return new Offer.Unknown("the tracepoint tier does not load");
        }
        // What is not known may be known later, with another library or more privilege.
        if (!(offer instanceof Offer.Unknown)) {
            OFFERS.put(tier, offer);
        }
        return offer;
    }

    /** Null: it could not be asked. */
    private static <T> @Nullable T ask(String libbpf, Question<T> question) {
        try (BpfObject main = load(libbpf)) {
            return question.ask(main);
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
            main.run("init_self");
            return new Control(memory.buffer()).hasRequests();
        } finally {
            memory.unmap();
        }
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
