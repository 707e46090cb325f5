// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs programs, and Java programs of this class path in separate processes. */
final class Commands {
    private Commands() {}

    /** Returns the output of a command, standard error included; the command must succeed. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }

    /** Returns the command that runs a main class of this class path. */
    static List<String> java(Class<?> main, String... options) {
        return javaWith(System.getProperty("java.class.path"), main, options);
    }

    /** Returns the command as {@link #java} does, with the caller's class path. */
    static List<String> javaWith(String classPath, Class<?> main, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            // Without these options, the JVM's warnings about JNA and Guice precede the program's output.
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
