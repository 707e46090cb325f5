// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.sim.kernel.AddressSpace;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The memory that a command's pointers point to. */
final class Pointers {
    private static final int BUFFER_SIZE = 8192;
    private static final long NO_PAGE = 0x1000;
    private static final long KERNEL = ~0xffffL;

    private final AddressSpace memory;
    private final Map<Integer, Pointer> buffers = new HashMap<>();

    /**
     * An address in memory.
     *
     * @param length number of the bytes that the command gave
     * @param isTemporary whether the memory is freed with the call
     */
    record Pointer(long address, int length, boolean isTemporary) {}

    Pointers(AddressSpace memory) {
        this.memory = memory;
    }

    /** Makes the memory that a pointer's text describes. */
    Pointer make(String text) {
        switch (text) {
            case "null" -> {
                return new Pointer(0, 0, false);
            }
            case "bad" -> {
                return new Pointer(NO_PAGE, 0, false);
            }
            case "high" -> {
                return new Pointer(KERNEL, 0, false);
            }
            default -> {
                int colon = text.indexOf(':');
                if (colon < 0) {
                    throw new RefusedException("no memory is described by '" + text + "'");
                }
                return make(text.substring(0, colon), text.substring(colon + 1));
            }
        }
    }

    private Pointer make(String kind, String rest) {
        if (kind.equals("buf")) {
            Pointer buffer = buffers.get((int) CommandLine.number(rest));
            if (buffer == null) {
                throw new RefusedException("no buffer " + rest);
            }
            return buffer;
        }
        byte[] bytes = CommandLine.bytesOf(rest);
        long address = switch (kind) {
            case "hex" -> memory.place(bytes);
            case "edge" -> memory.placeAtEdge(bytes);
            case "edgez" -> memory.placeAtEdge(Arrays.copyOf(bytes, bytes.length + 1));
            case "cold" -> memory.placeCold(bytes, 0);
            case "split" -> memory.placeCold(bytes, bytes.length / 2);
            default -> throw new RefusedException("no memory is described by '" + kind + "'");
        };
        return new Pointer(address, bytes.length, true);
    }

    void free(Pointer pointer) {
        if (pointer.isTemporary()) {
            memory.unmap(pointer.address());
        }
    }

    /**
     * Writes bytes and a NUL to a buffer; the NUL does not count in the length of an address.
     *
     * @param isCold whether the buffer moves to pages that the process never touched
     */
    void set(int id, byte[] bytes, boolean isCold) {
        if (bytes.length >= BUFFER_SIZE) {
            throw new RefusedException("a buffer takes less than " + BUFFER_SIZE + " bytes");
        }
        Pointer old = buffers.get(id);
        long address;
        if (isCold) {
            address = memory.placeCold(Arrays.copyOf(bytes, BUFFER_SIZE), 0);
        } else {
            address = old == null ? memory.reserve(BUFFER_SIZE) : old.address();
            memory.write(address, Arrays.copyOf(bytes, bytes.length + 1));
        }
        buffers.put(id, new Pointer(address, bytes.length, false));
    }
}
