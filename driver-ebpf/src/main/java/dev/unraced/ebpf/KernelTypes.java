// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The names in the running kernel's BTF. */
final class KernelTypes {
    private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");

    private KernelTypes() {}

    /** Returns whether BTF has this name. Without BTF this is false, but then no program loads anyway. */
    static boolean have(String name) {
        try {
            return contains(Files.readAllBytes(BTF), name);
        } catch (IOException e) {
            return false;
        }
    }

    /** Searches BTF's string section, where each name stands between two zeros. */
    static boolean contains(byte[] btf, String name) {
        byte[] wanted = ('\0' + name + '\0').getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at <= btf.length - wanted.length; at++) {
            int matching = 0;
            while (matching < wanted.length && btf[at + matching] == wanted[matching]) {
                matching++;
            }
            if (matching == wanted.length) {
                return true;
            }
        }
        return false;
    }
}
