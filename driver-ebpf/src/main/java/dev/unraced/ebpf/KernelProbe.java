// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.capture.Availability;
import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.ebpf.libbpf.Machine;
import dev.unraced.ebpf.libbpf.Mapping;
import dev.unraced.event.Syscall;
import dev.unraced.natives.LibC;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by trying what the running kernel allows: a capture at all, the methods of reading the kernel's copies, and
 * reading io_uring requests. Each test of the latter two takes some ten milliseconds, and runs on demand and once in a
 * process. Thread-safe.
 */
final class KernelProbe {
    private static final Map<AttachMethod, ProbeResult> RESULTS = new EnumMap<>(AttachMethod.class);
    private static @Nullable Boolean hasRequests;

    private KernelProbe() {}

    /** Finds out whether a capture could start, by starting and ending the smallest capture. */
    static Availability availability(EbpfSettings settings) {
        Machine machine = Machine.current();
        Availability hopeless = Diagnosis.beforehand(machine);
        if (!hopeless.isAvailable()) {
            return hopeless;
        }
        try {
            EbpfSource source = EbpfSource.start(settings);
            source.stop();
            source.release();
            return new Availability.Available();
        } catch (EbpfFailure e) {
            return Diagnosis.of(e, machine);
        } catch (RuntimeException | LinkageError e) {
            return new Availability.Inconclusive(e.toString());
        }
    }

    /** A test of the kernel that needs the tracepoint tier loaded. */
    private interface Question<T> {
        T ask(BpfObject main) throws EbpfFailure;
    }

    /**
     * Returns the methods of reading the kernel's copies.
     *
     * @param libbpf the library to test with
     */
    static OfferedCopies copies(String libbpf) {
        return new OfferedCopies(method -> probe(libbpf, method));
    }

    /** Returns why io_uring requests cannot be read; null when they can, or when the test could not run. */
    static synchronized @Nullable String againstRequests(String libbpf) {
        if (hasRequests == null) {
            hasRequests = ask(libbpf, KernelProbe::hasRequests);
        }
        return hasRequests == null || hasRequests ? null : "this kernel has no io_uring that requests can be read from";
    }

    private static synchronized ProbeResult probe(String libbpf, AttachMethod method) {
        ProbeResult known = RESULTS.get(method);
        if (known != null) {
            return known;
        }
        ProbeResult result = ask(libbpf, main -> probe(main, method));
        if (result == null) {
            return new ProbeResult.Unknown("the tracepoint tier does not load");
        }
        // An unknown answer may become known later, with another library or more privilege.
        if (!(result instanceof ProbeResult.Unknown)) {
            RESULTS.put(method, result);
        }
        return result;
    }

    /** Returns null when the test could not run. */
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
            main.run("init_control");
            return new Control(memory.buffer()).hasRequests();
        } finally {
            memory.unmap();
        }
    }

    private static ProbeResult probe(BpfObject main, AttachMethod method) {
        try {
            LibBpf.quietly(() -> KernelCopy.attach(main, method, Set.of(Syscall.values())))
                    .close();
            return new ProbeResult.Works();
        } catch (EbpfFailure e) {
            return Diagnosis.kernelCopy(e, method, Machine.current());
        }
    }
}
