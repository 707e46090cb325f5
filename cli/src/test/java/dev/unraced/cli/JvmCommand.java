// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The command in a process of its own, with the flags of packaging/java.sh, from this class path. */
final class JvmCommand {
    private JvmCommand() {}

    static ProcessBuilder of(List<String> jvmOptions, String... arguments) {
        // A JVM would inherit ignored signals from the tests' parent, such as nohup or a shell's background job.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-XX:+UseSerialGC", "-Xms8m"));
        if (!Set.of("serve", "conformance").contains(arguments[0])) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(jvmOptions);
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
