// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The names of types, fields and functions in the running kernel's BTF. Reading them needs no privilege, unlike loading
 * a program to find out.
 */
public final class KernelTypes {
    private static final String BTF = "sys/kernel/btf/vmlinux";

    private final byte[] bytes;

    private KernelTypes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads the running kernel's BTF; without BTF there are no names. */
    public static KernelTypes read() {
        return under(Path.of("/"));
    }

    static KernelTypes under(Path root) {
        try {
            return new KernelTypes(Files.readAllBytes(root.resolve(BTF)));
        } catch (IOException e) {
            return new KernelTypes(new byte[0]);
        }
    }

    /** Returns whether one of the names is exactly this name; a NUL precedes and ends each name. */
    public boolean has(String name) {
        byte[] wanted = ("\0" + name + "\0").getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            if (bytes[at + 1] == wanted[1] && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }
}
