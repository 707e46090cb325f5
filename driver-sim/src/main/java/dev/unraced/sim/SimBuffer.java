// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.event.ByteString;
import dev.unraced.sim.kernel.AddressSpace;
import dev.unraced.sim.kernel.Kernel;
import java.util.Arrays;

/** Memory of a process that its threads can rewrite at any time, also while the kernel uses it. */
public final class SimBuffer {
    private final Kernel kernel;
    private final AddressSpace memory;
    private final long address;
    private final int size;

    SimBuffer(Kernel kernel, AddressSpace memory, long address, int size) {
        this.kernel = kernel;
        this.memory = memory;
        this.address = address;
        this.size = size;
    }

    /** Where it lies, for registers. */
    public long address() {
        return address;
    }

    /** Replaces the string. */
    public void write(String text) {
        write(ByteString.utf8(text));
    }

    /**
     * Replaces the bytes; a NUL follows.
     *
     * @throws IllegalArgumentException when they do not fit
     */
    public void write(ByteString bytes) {
        if (bytes.length() >= size) {
            throw new IllegalArgumentException(bytes.length() + " bytes and a NUL do not fit into " + size);
        }
        synchronized (kernel) {
            memory.write(address, Arrays.copyOf(bytes.toByteArray(), bytes.length() + 1));
        }
    }
}
