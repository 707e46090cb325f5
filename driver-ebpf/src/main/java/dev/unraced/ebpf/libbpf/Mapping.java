// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.libbpf;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.linux.Errno;
import dev.unraced.natives.LibC;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The memory shared with the kernel. The caller of {@link #unmap} ensures that no thread reads the buffer any more. */
public final class Mapping {
    private static final Pointer FAILED = Pointer.createConstant(-1);

    private final Pointer address;
    private final long length;
    private final ByteBuffer buffer;

    private Mapping(Pointer address, long length, ByteBuffer buffer) {
        this.address = address;
        this.length = length;
        this.buffer = buffer;
    }

    /** Maps a part of a map's memory; the buffer of a mapping that is not writable is read-only. */
    public static Mapping of(int fd, long offset, long length, boolean writable) throws EbpfFailure {
        // JNA cuts a longer buffer silently.
        if (length > Integer.MAX_VALUE) {
            throw new EbpfFailure(Step.MAP_MEMORY, Errno.EINVAL, length + " bytes are more than Java can address");
        }
        int protection = writable ? LibC.PROT_READ | LibC.PROT_WRITE : LibC.PROT_READ;
        Pointer address = LibC.mmap(null, length, protection, LibC.MAP_SHARED, fd, offset);
        if (address == null || address.equals(FAILED)) {
            throw new EbpfFailure(Step.MAP_MEMORY, Native.getLastError(), "mmap of " + length + " bytes");
        }
        ByteBuffer all = address.getByteBuffer(0, length);
        ByteBuffer buffer = (writable ? all : all.asReadOnlyBuffer()).order(ByteOrder.LITTLE_ENDIAN);
        return new Mapping(address, length, buffer);
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    public void unmap() {
        LibC.munmap(address, length);
    }
}
