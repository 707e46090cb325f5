// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.ebpf.libbpf.Mapping;
import dev.unraced.natives.LibC;
import dev.unraced.ring.MergingReader;
import dev.unraced.ring.OwnedResources;
import dev.unraced.ring.RecordReader;
import dev.unraced.ring.RingReader;
import java.util.ArrayList;
import java.util.List;

/** The mapped rings: one ring, or one per possible CPU besides the small ring that carries wake-ups. */
final class Rings {
    /** {@code BPF_MAP_TYPE_RINGBUF} of {@code include/uapi/linux/bpf.h}. */
    private static final int TYPE = 27;

    private static final int SMALLEST = 1 << 16;

    private final List<RingReader> readers = new ArrayList<>();
    private final OwnedResources owned;
    private final int page = LibC.getpagesize();

    private Rings(OwnedResources owned) {
        this.owned = owned;
    }

    /**
     * Creates the rings per CPU if configured, and maps all rings.
     *
     * @param owned receives each mapping as soon as it exists
     */
    static RecordReader map(BpfObject object, EbpfSettings settings, int cpus, OwnedResources owned)
            throws EbpfFailure {
        Rings rings = new Rings(owned);
        int ring = object.map("ring");
        if (!settings.ringPerCpu()) {
            return rings.reader(ring, settings.ringBytes());
        }
        rings.readers.add(rings.reader(ring, rings.page));
        int bytes = bytesPerCpu(settings, cpus);
        for (int cpu = 0; cpu < cpus; cpu++) {
            rings.readers.add(rings.create(object, cpu, bytes));
        }
        return new MergingReader(rings.readers);
    }

    /** Returns the size in bytes of all rings that receive records. */
    static long bytes(EbpfSettings settings, int cpus) {
        return settings.ringPerCpu() ? (long) cpus * bytesPerCpu(settings, cpus) : settings.ringBytes();
    }

    /** Returns an equal share for each CPU, as a power of two, but at least the smallest size of a ring. */
    private static int bytesPerCpu(EbpfSettings settings, int cpus) {
        return Math.max(SMALLEST, Integer.highestOneBit(settings.ringBytes() / cpus));
    }

    /** Creates one ring; the map of rings keeps it after this descriptor is closed. */
    private RingReader create(BpfObject object, int cpu, int bytes) throws EbpfFailure {
        int ring = LibBpf.bpf_map_create(TYPE, "unraced_ring", 0, 0, bytes, null);
        if (ring < 0) {
            throw new EbpfFailure(Step.LOAD, -ring, "a ring of " + bytes + " bytes for CPU " + cpu);
        }
        try {
            object.putInt("rings", cpu, ring);
            return reader(ring, bytes);
        } finally {
            LibC.close(ring);
        }
    }

    private RingReader reader(int ring, int bytes) throws EbpfFailure {
        Mapping consumer = map(ring, 0, page, true);
        Mapping producer = map(ring, page, page + (long) bytes + RingReader.overlap(bytes), false);
        return new RingReader(consumer.buffer(), producer.buffer(), page, bytes);
    }

    private Mapping map(int ring, long offset, long length, boolean writable) throws EbpfFailure {
        Mapping mapping = Mapping.of(ring, offset, length, writable);
        owned.add(mapping::unmap);
        return mapping;
    }
}
