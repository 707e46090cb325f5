// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.sun.jna.Memory;
import dev.unraced.event.Sockaddr;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A struct sockaddr_un; see unix(7). */
final class UnixAddress {
    private static final int PATH = 2;
    /** The bytes of a path, its NUL included. */
    private static final int PATH_SIZE = 108;

    private UnixAddress() {}

    /**
     * Makes the address of a path.
     *
     * @throws IllegalArgumentException when the path is too long for an address
     */
    static Memory of(Path path) {
        byte[] bytes = check(path);
        Memory address = new Memory(PATH + bytes.length + 1L);
        address.clear();
        address.setShort(0, (short) Sockaddr.AF_UNIX);
        address.write(PATH, bytes, 0, bytes.length);
        return address;
    }

    /**
     * Returns the bytes of a path that fits into an address.
     *
     * @throws IllegalArgumentException when the path does not fit
     */
    static byte[] check(Path path) {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= PATH_SIZE) {
            throw new IllegalArgumentException("the path of a socket has at most " + (PATH_SIZE - 1) + " bytes, not "
                    + bytes.length + ": " + path);
        }
        return bytes;
    }
}
