// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs programs, and Java programs of this class path in a process of their own. */
final class Commands {
    private Commands() {}

    /** What the command printed, standard error included; it must succeed. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }

    /** The command that runs a main class of this class path. */
    static List<String> java(Class<?> main, String... options) {
        return javaWith(System.getProperty("java.class.path"), main, options);
    }

    /** As {@link #java}, with a class path of the caller's. */
    static List<String> javaWith(String classPath, Class<?> main, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            // Without these, the JVM's warnings stand before what the program says: of JNA, and of Guice.
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath, main.getName()));
        return command;
    }

    static List<File> classPath() {
        return List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)).stream()
                .map(File::new)
                .filter(File::exists)
                .toList();
    }
}
