// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.testing.Tools;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the layout that a C compiler gives {@code process.h} with the Java side. */
class ProcessLayoutTest {
    private static final Map<String, String> CONSTANTS = Map.ofEntries(
            Map.entry("TYPE_FORK", "UNRACED_RECORD_FORK"),
            Map.entry("TYPE_EXEC", "UNRACED_RECORD_EXEC"),
            Map.entry("TYPE_EXIT", "UNRACED_RECORD_EXIT"),
            Map.entry("TYPE_ALIVE", "UNRACED_RECORD_ALIVE"),
            Map.entry("TYPE_EXEC_FAILED", "UNRACED_RECORD_EXEC_FAILED"),
            Map.entry("PROCESS_SOURCE", "(int)UNRACED_PROCESS_SOURCE"),
            Map.entry("ARGUMENTS_MAX", "UNRACED_ARGUMENTS_MAX"),
            Map.entry("FIXED_SIZE", "sizeof(struct unraced_process)"),
            Map.entry("FIRST_FIXED_SIZE", "UNRACED_PROCESS_FIRST_SIZE"),
            Map.entry("VERSION_OFFSET", "offsetof(struct unraced_process, version)"),
            Map.entry("CAPABILITIES_BEFORE", "offsetof(struct unraced_process, before.capabilities)"),
            Map.entry("UID_BEFORE", "offsetof(struct unraced_process, before.uid)"),
            Map.entry("GID_BEFORE", "offsetof(struct unraced_process, before.gid)"),
            Map.entry("EUID_BEFORE", "offsetof(struct unraced_process, before.euid)"),
            Map.entry("EGID_BEFORE", "offsetof(struct unraced_process, before.egid)"),
            Map.entry("TERMINAL_UNKNOWN", "UNRACED_TERMINAL_UNKNOWN"),
            Map.entry("NO_TERMINAL", "UNRACED_NO_TERMINAL"),
            Map.entry("MINOR_BITS", "UNRACED_MINOR_BITS"));

    @Test
    void everyFieldIsWhereTheHeaderHasIt(@TempDir Path directory) throws Exception {
        Tools.need("gcc");
        Files.createDirectory(directory.resolve("unraced"));
        for (String header : List.of("record.h", "process.h")) {
            try (InputStream in = ProcessLayout.class.getResourceAsStream("/META-INF/include/unraced/" + header)) {
                Files.copy(in, directory.resolve("unraced").resolve(header));
            }
        }
        StringBuilder prints = new StringBuilder();
        Map<String, Long> java = new LinkedHashMap<>();
        for (Field field : ProcessLayout.class.getFields()) {
            String name = field.getName();
            java.put(name, field.getLong(null));
            String value = CONSTANTS.getOrDefault(
                    name, "offsetof(struct unraced_process, " + name.toLowerCase(Locale.ROOT) + ")");
            prints.append("\tprintf(\"%lld\\n\", (long long)(").append(value).append("));\n");
        }
        Files.writeString(
                directory.resolve("layout.c"),
                "#include <linux/types.h>\n#include <stddef.h>\n#include <stdio.h>\n#include \"unraced/process.h\"\n"
                        + "int main(void)\n{\n" + prints + "\treturn 0;\n}\n");
        Tools.run(directory, "gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I.", "-o", "layout", "layout.c");
        List<String> values = Tools.run(directory, directory.resolve("layout").toString());
        int at = 0;
        for (Map.Entry<String, Long> entry : java.entrySet()) {
            assertThat(entry.getValue()).as(entry.getKey()).isEqualTo(Long.parseLong(values.get(at++)));
        }
    }

    @Test
    void aStartIsShortenedAsTheHeaderDoes(@TempDir Path directory) throws Exception {
        Tools.need("gcc");
        Files.createDirectory(directory.resolve("unraced"));
        try (InputStream in = ProcessLayout.class.getResourceAsStream("/META-INF/include/unraced/record.h")) {
            Files.copy(in, directory.resolve("unraced/record.h"));
        }
        Files.writeString(directory.resolve("start.c"), """
                #include <linux/types.h>
                #include <stdio.h>
                #include "unraced/record.h"
                int main(void)
                {
                	printf("%u\\n", UNRACED_PROCESS_START(15381097462700ull));
                	return 0;
                }
                """);
        Tools.run(directory, "gcc", "-I.", "-o", "start", "start.c");
        assertThat(Tools.run(directory, directory.resolve("start").toString()))
                .containsExactly(Integer.toUnsignedString(ProcessLayout.start(15_381_097_462_700L)));
    }

    @Test
    void theCommonFieldsAreWhereARecordOfACallHasThem() {
        assertThat(ProcessLayout.LENGTH).isEqualTo(RecordLayout.LENGTH);
        assertThat(ProcessLayout.TYPE).isEqualTo(RecordLayout.TYPE);
        assertThat(ProcessLayout.SEQUENCE).isEqualTo(RecordLayout.SEQUENCE);
        assertThat(ProcessLayout.TIME_NS).isEqualTo(RecordLayout.EXIT_NS);
        assertThat(ProcessLayout.FLAGS).isEqualTo(RecordLayout.FLAGS);
        assertThat(ProcessLayout.SOURCE).isEqualTo(RecordLayout.SOURCE);
    }
}
