// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.ring.MergingReader;
import dev.unraced.ring.RecordReader;
import dev.unraced.ring.RingReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The rings of a capture, one after the other from the start of the device's memory.
 *
 * @param reader reads all rings
 * @param readerPage the first ring's page for the reader; its fields count for all rings
 */
record MappedRings(RecordReader reader, ByteBuffer readerPage) {

    static MappedRings of(OpenDevice device) throws KmodFailure {
        int page = Device.pageSize();
        int bytes = device.config().ringBytes();
        int count = device.config().ringCount();
        long stride = 2L * page + 2L * bytes;
        List<RingReader> readers = new ArrayList<>();
        List<ByteBuffer> pages = new ArrayList<>();
        for (int ring = 0; ring < count; ring++) {
            ByteBuffer own = device.map(ring * stride, page, true);
            ByteBuffer producer = device.map(ring * stride + page, page + 2L * bytes, false);
            readers.add(new RingReader(own, producer, page, bytes));
            pages.add(own);
        }
        return new MappedRings(count == 1 ? readers.get(0) : new MergingReader(readers), pages.get(0));
    }
}
