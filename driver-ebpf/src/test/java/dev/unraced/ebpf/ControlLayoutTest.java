// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

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

/** Compares the offsets that a C compiler gives {@code control.h} with those of the Java side. */
class ControlLayoutTest {

    @Test
    void everyOffsetIsTheCompilersOwn(@TempDir Path directory) throws Exception {
        Map<String, Integer> java = new TreeMap<>();
        StringBuilder program = new StringBuilder("""
                #include <linux/types.h>
                #include <stddef.h>
                #include <stdio.h>
                #include "lib/control.h"
                int main(void) {
                """);
        for (Field field : ControlLayout.class.getDeclaredFields()) {
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
        String name = constant.toLowerCase(Locale.ROOT);
        if (constant.equals("FILTERS_FORGOTTEN")) {
            return "(int)" + constant;
        }
        if (constant.startsWith("FILTER_")) {
            return "UNRACED_" + constant;
        }
        return switch (constant) {
            case "CONTROL_SIZE" -> "sizeof(struct unraced_control)";
            case "ROW_SIZE" -> "sizeof(struct unraced_counters)";
            case "ACTIVE",
                    "MITIGATION",
                    "READER_WAITING",
                    "SELF_TGID",
                    "FILTERS",
                    "INTEGRITY",
                    "ENTER_EVENTS",
                    "RING_PER_CPU",
                    "COPIES",
                    "SYSCALLS",
                    "HAS_REQUESTS",
                    "STASH_ENTRIES",
                    "SLOT_MASK",
                    "TASK_STORAGE",
                    "USER_INTERVAL",
                    "CGROUP_INTERVAL",
                    "LIMIT_SEED",
                    "POLLED_FLAG",
                    "CLEANUP_FLAG",
                    "NO_SNAPSHOTS",
                    "GENERATIONS",
                    "BLIND",
                    "FILTERED_SINCE",
                    "STASHED" -> "offsetof(struct unraced_control, " + name + ")";
            default -> "offsetof(struct unraced_counters, " + name.replace("filtered_", "filtered.") + ")";
        };
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
        Map<String, Integer> offsets = new TreeMap<>();
        Commands.run(binary.toString()).lines().forEach(line -> {
            int space = line.indexOf(' ');
            offsets.put(line.substring(0, space), Integer.parseInt(line.substring(space + 1)));
        });
        return offsets;
    }
}
