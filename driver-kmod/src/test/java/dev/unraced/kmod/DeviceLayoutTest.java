// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the numbers that a C compiler finds in {@code lib/device.h} with the Java side. */
class DeviceLayoutTest {

    @Test
    void everyNumberIsTheCompilersOwn(@TempDir Path directory) throws Exception {
        Map<String, Integer> java = new TreeMap<>();
        StringBuilder program = new StringBuilder("""
                #include <stddef.h>
                #include <stdio.h>
                #include "lib/device.h"
                int main(void) {
                """);
        for (Field field : DeviceLayout.class.getDeclaredFields()) {
            java.put(field.getName(), field.getInt(null));
            program.append("printf(\"")
                    .append(field.getName())
                    .append(" %d\\n\", (int)")
                    .append(expression(field.getName()))
                    .append(");\n");
        }
        program.append("return 0; }\n");

        assertThat(compileAndRun(program.toString(), directory)).isEqualTo(java);
    }

    private static String expression(String constant) {
        return switch (constant) {
            case "VERSION" -> "UNRACED_DEVICE_VERSION";
            case "CONFIGURE", "MITIGATION", "STATS", "STOP", "WAKE", "ENTER_EVENTS", "FEATURES", "FILTERS" ->
                "UNRACED_IOC_" + constant;
            case "CONFIG_SIZE_FIELD" -> "offsetof(struct unraced_config, size)";
            case "CONFIG_SIZE", "LISTS_SIZE", "COUNTERS_SIZE", "STATS_SIZE", "PREFIX_SIZE", "EXECUTABLE_SIZE" ->
                "sizeof(" + structure(constant) + ")";
            default ->
                constant.startsWith("FILTER_") || constant.startsWith("FEATURE_") || constant.startsWith("HOOKS_")
                        ? "UNRACED_" + constant
                        : "offsetof(" + structure(constant) + ", " + member(constant) + ")";
        };
    }

    private static String structure(String constant) {
        return "struct unraced_" + constant.substring(0, constant.indexOf('_')).toLowerCase(Locale.ROOT);
    }

    private static String member(String constant) {
        return constant.substring(constant.indexOf('_') + 1)
                .toLowerCase(Locale.ROOT)
                .replace("filtered_", "filtered.");
    }

    private static Map<String, Integer> compileAndRun(String program, Path directory)
            throws IOException, InterruptedException {
        Path source = Files.writeString(directory.resolve("layout.c"), program);
        Path binary = directory.resolve("layout");
        Commands.run(
                "gcc",
                "-Isrc/main/c",
                "-I../kernel/include",
                "-I../api/src/main/c/include",
                "-o",
                binary.toString(),
                source.toString());
        Map<String, Integer> numbers = new TreeMap<>();
        Commands.run(binary.toString()).lines().forEach(line -> {
            int space = line.indexOf(' ');
            numbers.put(line.substring(0, space), Integer.parseInt(line.substring(space + 1)));
        });
        return numbers;
    }
}
