// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine, for events that leave it. */
public final class HostName {
    private HostName() {}

    /**
     * Returns the kernel's host name, or {@code localhost} where there is none. It asks nobody: a look-up by a resolver
     * could take seconds, and use the network.
     */
    public static String ofThisMachine() {
        try {
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.US_ASCII)
                    .replaceAll("[^A-Za-z0-9._-]", "");
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException e) {
            return "localhost";
        }
    }
}
