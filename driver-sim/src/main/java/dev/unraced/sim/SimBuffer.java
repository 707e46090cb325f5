// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.event.ByteString;
import dev.unraced.sim.kernel.AddressSpace;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.TaskGroup;
import java.util.Arrays;

/** Memory of a process that its threads can rewrite at any time, also while the kernel uses it. */
public final class SimBuffer {
    private final SimProcess process;
    private final Kernel kernel;
    private final TaskGroup group;
    private final AddressSpace memory;
    private final long address;
    private final int size;
    private int length;

    SimBuffer(SimProcess process, Kernel kernel, TaskGroup group, long address, int size, int length) {
        this.process = process;
        this.kernel = kernel;
        this.group = group;
        this.memory = group.memory();
        this.address = address;
        this.size = size;
        this.length = length;
    }

    /** The process that the memory belongs to. */
    public SimProcess process() {
        return process;
    }

    /** The address of the memory, for registers. */
    public long address() {
        return address;
    }

    /** The number of bytes that were written last, without the NUL behind them. */
    public int length() {
        synchronized (kernel) {
            return length;
        }
    }

    /** The family of the socket address in the buffer. */
    int family() {
        byte[] family = new byte[Short.BYTES];
        synchronized (kernel) {
            memory.copyFromUser(address, family, family.length);
        }
        return (family[0] & 0xff) | (family[1] & 0xff) << 8;
    }

    /** Replaces the string, as another thread of the process may do at any moment. */
    public void write(String text) {
        write(ByteString.utf8(text));
    }

    /** Replaces the bytes by those that were written last to other memory, such as another address. */
    public void write(SimBuffer other) {
        synchronized (kernel) {
            write(other.bytes());
        }
    }

    ByteString bytes() {
        byte[] bytes = new byte[length()];
        synchronized (kernel) {
            memory.copyFromUser(address, bytes, bytes.length);
        }
        return ByteString.copyOf(bytes);
    }

    /**
     * Replaces the bytes; a NUL follows.
     *
     * @throws IllegalArgumentException when the bytes do not fit
     * @throws IllegalStateException when the process has executed another program, which has its own memory
     */
    public void write(ByteString bytes) {
        if (bytes.length() >= size) {
            throw new IllegalArgumentException(bytes.length() + " bytes and a NUL do not fit into " + size);
        }
        synchronized (kernel) {
            if (group.memory() != memory) {
                throw new IllegalStateException("the memory went when the process executed another program");
            }
            memory.write(address, Arrays.copyOf(bytes.toByteArray(), bytes.length() + 1));
            length = bytes.length();
        }
    }
}
