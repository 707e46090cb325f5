// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

import com.sun.jna.Memory;
import dev.unraced.natives.LibC;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Arrays;

/**
 * Reads the memory of a stopped thread, and only pages that are in memory. Another process may have to supply the other
 * pages, and the tracer may have stopped that process. Not thread-safe.
 */
final class TaskMemory {
    private final int page = LibC.getpagesize();
    private final Memory local = new Memory(page);
    private final Memory remoteVector = new Memory(2 * Long.BYTES);
    private final Memory localVector = new Memory(2 * Long.BYTES);

    TaskMemory() {
        localVector.setPointer(0, local);
    }

    /** Returns the bytes at an address; null when one of them cannot be read. */
    byte[] bytes(int tid, long address, int length) {
        return read(tid, address, length, false);
    }

    /** Returns the bytes before the first NUL, or as many as the limit; null when one of them cannot be read. */
    byte[] string(int tid, long address, int limit) {
        return read(tid, address, limit, true);
    }

    private byte[] read(int tid, long address, int length, boolean endsWithNul) {
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            int part = (int) Math.min(length - done, page - ((address + done) & (page - 1)));
            if (!copy(tid, address + done, part)) {
                return null;
            }
            local.read(0, bytes, done, part);
            for (int i = done; endsWithNul && i < done + part; i++) {
                if (bytes[i] == 0) {
                    return Arrays.copyOf(bytes, i);
                }
            }
            done += part;
        }
        return bytes;
    }

    private boolean copy(int tid, long address, int length) {
        remoteVector.setLong(0, address);
        remoteVector.setLong(Long.BYTES, length);
        localVector.setLong(Long.BYTES, length);
        return isPresent(tid, address) && Ptrace.process_vm_readv(tid, localVector, 1, remoteVector, 1, 0) == length;
    }

    private boolean isPresent(int tid, long address) {
        try (RandomAccessFile pages = new RandomAccessFile("/proc/" + tid + "/pagemap", "r")) {
            pages.seek(Long.divideUnsigned(address, page) * Long.BYTES);
            // The kernel gives whole entries only, and the highest bit is in the last byte.
            byte[] entry = new byte[Long.BYTES];
            return pages.read(entry) == Long.BYTES && entry[Long.BYTES - 1] < 0;
        } catch (IOException e) {
            return false;
        }
    }
}
