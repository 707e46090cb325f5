// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** Loads {@code libunraced_kmod}, which lies in the jar, once in a process. */
final class NativeLibrary {
    private static final String NAME = "libunraced_kmod";

    private NativeLibrary() {}

    /**
     * Loads the library; later calls do nothing.
     *
     * @throws UnsatisfiedLinkError when this build has none for this machine, or it cannot be loaded
     */
    static void load() {
        Loaded.once();
    }

    private static final class Loaded {
        static {
            String resource = "/META-INF/native/linux-" + architecture() + "/" + NAME + ".so";
            try (InputStream library = NativeLibrary.class.getResourceAsStream(resource)) {
                if (library == null) {
                    throw new UnsatisfiedLinkError("this build has no " + NAME + " for " + architecture());
                }
                Path copy = Files.createTempFile(NAME, ".so");
                try {
                    Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
                    System.load(copy.toString());
                } finally {
                    Files.delete(copy);
                }
            } catch (IOException e) {
                throw new UnsatisfiedLinkError(NAME + " cannot be unpacked: " + e);
            }
        }

        private Loaded() {}

        static void once() {}
    }

    /** As uname(2) names it; Java says amd64 for x86_64. */
    private static String architecture() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return name.equals("amd64") ? "x86_64" : name;
    }
}
