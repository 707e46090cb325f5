// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.record.RecordView;
import dev.unraced.testing.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Compares the layout that a C compiler gives {@code record.h} with the Java side, in both directions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordLayoutTest {
    /** The constants of RecordLayout that are not offsets, by the name of their macro. */
    private static final Map<String, String> MACROS = Map.of(
            "UNRACED_RECORD_VERSION", "VERSION",
            "UNRACED_RECORD_MERGED", "TYPE_MERGED",
            "UNRACED_RECORD_ENTER", "TYPE_ENTER",
            "UNRACED_COMM_SIZE", "COMM_SIZE",
            "UNRACED_PATH_MAX", "PATH_MAX",
            "UNRACED_ADDRESS_MAX", "ADDRESS_MAX");

    private static final Set<String> NO_MACRO = Set.of("FIXED_SIZE", "ALIGNMENT");

    private static final Map<String, ToLongFunction<EventView>> NUMBERS = Map.ofEntries(
            Map.entry("LENGTH", EventView::length),
            Map.entry("SEQUENCE", EventView::sequence),
            Map.entry("ENTER_NS", EventView::enterNanos),
            Map.entry("EXIT_NS", EventView::exitNanos),
            Map.entry("RESULT", EventView::result),
            Map.entry("THREAD_START_NS", EventView::threadStartNanos),
            Map.entry("CGROUP_ID", EventView::cgroupId),
            Map.entry("TID", EventView::tid),
            Map.entry("TGID", EventView::tgid),
            Map.entry("PARENT_TGID", EventView::parentTgid),
            Map.entry("UID", EventView::uid),
            Map.entry("GID", EventView::gid),
            Map.entry("MOUNT_NS", EventView::mountNamespace),
            Map.entry("PID_NS", EventView::pidNamespace),
            Map.entry("FLAGS", EventView::flags),
            Map.entry("SOURCE", EventView::source),
            Map.entry("OPEN_DIRFD", EventView::dirfd),
            Map.entry("OPEN_FLAGS", EventView::openFlags),
            Map.entry("OPEN_MODE", EventView::mode),
            Map.entry("OPEN_RESOLVE", EventView::resolve),
            Map.entry("OPEN_HOW_SIZE", EventView::howSize),
            Map.entry("OPEN_INODE", EventView::inode),
            Map.entry("OPEN_DEVICE_MAJOR", EventView::deviceMajor),
            Map.entry("OPEN_DEVICE_MINOR", EventView::deviceMinor),
            Map.entry("CONNECT_FD", EventView::fd),
            Map.entry("CONNECT_ADDRLEN", EventView::addrlen),
            Map.entry("CONNECT_FAMILY", EventView::socketFamily),
            Map.entry("CONNECT_TYPE", EventView::socketType),
            Map.entry("CONNECT_PROTOCOL", EventView::socketProtocol));

    private String headerText;
    private RecordHeader header;
    private final Map<String, Long> values = new TreeMap<>();

    @BeforeAll
    void compile(@TempDir Path directory) throws IOException, InterruptedException {
        Tools.need("gcc");
        try (InputStream in = RecordLayout.class.getResourceAsStream("/META-INF/include/unraced/record.h")) {
            headerText = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        header = RecordHeader.parse(headerText);
        Files.writeString(directory.resolve("record.h"), headerText);
        Files.writeString(directory.resolve("layout.c"), program());
        Tools.run(directory, "gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-o", "layout", "layout.c");
        for (String line : Tools.run(directory, directory.resolve("layout").toString())) {
            int space = line.indexOf(' ');
            values.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
        }
    }

    /** Returns a C program that prints every constant, and the offset and size of every member. */
    private String program() {
        List<String> lines = new ArrayList<>();
        header.constants().forEach(name -> lines.add(print(name, name)));
        header.enums().values().forEach(names -> names.forEach(name -> lines.add(print(name, name))));
        header.structs().forEach((struct, members) -> {
            lines.add(print("sizeof " + struct, "sizeof(struct unraced_" + struct + ")"));
            for (String member : members) {
                String key = struct + "." + member;
                String type = "struct unraced_" + struct;
                lines.add(print("offsetof " + key, "offsetof(" + type + ", " + member + ")"));
                lines.add(print("sizeof " + key, "sizeof(((" + type + " *)0)->" + member + ")"));
            }
        });
        return """
                #include <linux/types.h>
                #include <stddef.h>
                #include <stdio.h>
                #include "record.h"

                int main(void)
                {
                %s
                	return 0;
                }
                """.formatted(String.join("\n", lines));
    }

    /** Spaces would end the name, so colons replace them. */
    private static String print(String name, String expression) {
        return "\tprintf(\"%s %%lld\\n\", (long long)(%s));".formatted(name.replace(' ', ':'), expression);
    }

    @Test
    void everyOffsetAgrees() throws IllegalAccessException {
        Map<String, Long> c = new TreeMap<>();
        for (String struct : List.of("record", "open", "connect")) {
            String prefix = struct.equals("record") ? "" : struct.toUpperCase(Locale.ROOT) + "_";
            for (String member : fields(struct)) {
                c.put(prefix + javaName(member), offset(struct, member));
            }
        }
        assertThat(javaOffsets()).isEqualTo(c);
    }

    @Test
    void everyNumberIsReadAsWideAsItIs() {
        List<String> tested = new ArrayList<>();
        for (String struct : List.of("record", "open", "connect")) {
            String prefix = struct.equals("record") ? "" : struct.toUpperCase(Locale.ROOT) + "_";
            for (String member : fields(struct)) {
                ToLongFunction<EventView> number = NUMBERS.get(prefix + javaName(member));
                if (number != null) {
                    tested.add(prefix + javaName(member));
                    checkWidth(
                            number,
                            (int) offset(struct, member),
                            (int) value("sizeof:" + struct + "." + member),
                            struct.equals("connect") ? Syscall.CONNECT : Syscall.OPEN);
                }
            }
        }
        assertThat(tested).containsExactlyInAnyOrderElementsOf(NUMBERS.keySet());
    }

    /** Checks a field's width: ones in only its bytes must read as all ones, and ones in all other bytes as zero. */
    private static void checkWidth(ToLongFunction<EventView> number, int offset, int size, Syscall syscall) {
        ByteBuffer record = ByteBuffer.allocate(RecordLayout.FIXED_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        RecordView view = new RecordView().wrap(record, 0);
        for (int fill : new int[] {0, 0xff}) {
            for (int i = 0; i < record.capacity(); i++) {
                boolean inside = i >= offset && i < offset + size;
                record.put(i, (byte) (inside ? ~fill : fill));
            }
            record.put(RecordLayout.SYSCALL, (byte) syscall.code());
            long allOnes = size == 8 ? -1 : (1L << (8 * size)) - 1;
            assertThat(number.applyAsLong(view) & allOnes).isEqualTo(fill == 0 ? allOnes : 0);
            assertThat(number.applyAsLong(view)).isIn(fill == 0 ? List.of(allOnes, -1L) : List.of(0L));
        }
    }

    @Test
    void fieldsAdjoinSoThatNoPaddingIsHidden() {
        assertThat(header.structs().keySet()).containsExactlyInAnyOrder("slice", "open", "connect", "record");
        header.structs().forEach((struct, members) -> {
            long end = 0;
            for (String member : members) {
                boolean family = struct.equals("record") && member.equals("connect");
                long start = value("offsetof:" + struct + "." + member);
                assertThat(start).as(struct + "." + member).isEqualTo(family ? value("offsetof:record.open") : end);
                end = start + value("sizeof:" + struct + "." + member);
            }
            assertThat(value("sizeof:" + struct)).as(struct).isEqualTo(end);
        });
    }

    @Test
    void slicesAreAnOffsetAndALength() {
        assertThat(header.structs().get("slice")).containsExactly("offset", "length");
        assertThat(offset("slice", "length")).isEqualTo(2);
        assertThat(value("sizeof:slice")).isEqualTo(4);
    }

    @Test
    void theFamiliesShareTheirPlaceAndEndTheFixedPart() {
        assertThat(offset("record", "open")).isEqualTo(RecordLayout.OPEN_DIRFD);
        assertThat(offset("record", "connect")).isEqualTo(RecordLayout.CONNECT_FD);
        assertThat(value("sizeof:open")).isEqualTo(value("sizeof:connect"));
        assertThat(value("sizeof:record")).isEqualTo(RecordLayout.FIXED_SIZE);
        assertThat(RecordLayout.FIXED_SIZE % RecordLayout.ALIGNMENT).isZero();
    }

    @Test
    void everyMacroAgrees() throws IllegalAccessException {
        assertThat(header.constants()).containsExactlyInAnyOrderElementsOf(MACROS.keySet());
        for (Field field : RecordLayout.class.getFields()) {
            for (Map.Entry<String, String> macro : MACROS.entrySet()) {
                if (field.getName().equals(macro.getValue())) {
                    assertThat(field.getLong(null)).as(field.getName()).isEqualTo(value(macro.getKey()));
                }
            }
        }
    }

    @Test
    void everyEnumAgrees() {
        assertThat(header.enums().keySet())
                .containsExactlyInAnyOrder("syscall", "abi", "origin", "mitigation", "provenance", "integrity", "flag");
        checkCodes("syscall", "UNRACED_", Syscall.values());
        checkCodes("abi", "UNRACED_ABI_", Abi.values());
        checkCodes("origin", "UNRACED_ORIGIN_", Origin.values());
        checkCodes("mitigation", "UNRACED_MITIGATION_", Mitigation.values());
        checkCodes("provenance", "UNRACED_PROVENANCE_", Provenance.values());
        checkCodes("integrity", "UNRACED_INTEGRITY_", Integrity.values());
        check("flag", "UNRACED_", Stream.of(EventFlag.values()), flag -> (long) flag.mask());
    }

    @Test
    void everyCodeIsFoundAgainAndNoOther() {
        for (Syscall syscall : Syscall.values()) {
            assertThat(Syscall.of(syscall.code())).isSameAs(syscall);
        }
        for (int code : new int[] {-1, 0, Syscall.values().length + 1, 255, Integer.MAX_VALUE}) {
            assertThat(Syscall.isCode(code)).isFalse();
            assertThatThrownBy(() -> Syscall.of(code))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Integer.toString(code));
        }
    }

    @Test
    void aNewFieldOrAnUnknownDeclarationIsNoticed() {
        String more = headerText.replace("__u32 source;", "__u32 source; __u16 added[4];");
        assertThat(RecordHeader.parse(more).structs().get("record")).contains("added");
        for (String strange :
                List.of("__u32 source, other;", "char *source;", "__u32 source : 3;", "union { __u8 a; } u;")) {
            assertThatThrownBy(() -> RecordHeader.parse(headerText.replace("__u32 source;", strange)))
                    .as(strange)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> RecordHeader.parse(headerText.replace("#endif", "typedef int x;\n#endif")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void alignRoundsUp() {
        assertThat(RecordLayout.align(0)).isZero();
        assertThat(RecordLayout.align(1)).isEqualTo(8);
        assertThat(RecordLayout.align(8)).isEqualTo(8);
        assertThat(RecordLayout.align(4095)).isEqualTo(4096);
    }

    private <E extends Enum<E> & Coded> void checkCodes(String name, String prefix, E[] constants) {
        check(name, prefix, Stream.of(constants), constant -> (long) constant.code());
    }

    private <E extends Enum<E>> void check(String name, String prefix, Stream<E> constants, Function<E, Long> code) {
        Map<String, Long> java = new TreeMap<>();
        constants.forEach(constant -> java.put(prefix + constant.name(), code.apply(constant)));
        Map<String, Long> c = new TreeMap<>();
        header.enums().get(name).forEach(constant -> c.put(constant, value(constant)));
        assertThat(java).as("enum unraced_%s", name).isEqualTo(c);
    }

    /** Returns the members with a meaning; the families are separate structs. */
    private List<String> fields(String struct) {
        return header.structs().get(struct).stream()
                .filter(member -> !member.startsWith("reserved"))
                .filter(member ->
                        !struct.equals("record") || !Set.of("open", "connect").contains(member))
                .toList();
    }

    /** Returns the offset from the start of the record; for a member of a slice, from the slice's start. */
    private long offset(String struct, String member) {
        boolean family = struct.equals("open") || struct.equals("connect");
        return value("offsetof:" + struct + "." + member) + (family ? value("offsetof:record." + struct) : 0);
    }

    private long value(String name) {
        assertThat(values).containsKey(name);
        return values.get(name);
    }

    /** The name VERSION is taken by the version number itself. */
    private static String javaName(String member) {
        return member.equals("version") ? "VERSION_OFFSET" : member.toUpperCase(Locale.ROOT);
    }

    private static Map<String, Long> javaOffsets() throws IllegalAccessException {
        Map<String, Long> offsets = new TreeMap<>();
        for (Field field : RecordLayout.class.getFields()) {
            if (!MACROS.containsValue(field.getName()) && !NO_MACRO.contains(field.getName())) {
                offsets.put(field.getName(), field.getLong(null));
            }
        }
        return offsets;
    }
}
