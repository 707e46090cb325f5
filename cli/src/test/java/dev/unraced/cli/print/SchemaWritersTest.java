// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.print;

import static dev.unraced.cli.scripted.SampleEvents.begin;
import static dev.unraced.cli.scripted.SampleEvents.connect;
import static dev.unraced.cli.scripted.SampleEvents.failedOpen;
import static dev.unraced.cli.scripted.SampleEvents.hex;
import static dev.unraced.cli.scripted.SampleEvents.open;
import static dev.unraced.cli.scripted.SampleEvents.utf8;
import static dev.unraced.cli.scripted.SampleEvents.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordEncoder;
import dev.unraced.event.Syscall;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Events by the schemas of others, against the fields that these have. */
class SchemaWritersTest {
    private static final String LOOPBACK = "02001f907f0000010000000000000000";
    private static final String LOOPBACK6 = "0a001f900000000000000000000000000000000000000001" + "00000000";
    private static final String UNIX = "01002f72756e2f7300";

    private final WallClock clock =
            new WallClock(Clock.fixed(Instant.parse("2026-11-24T12:00:00.123456Z"), ZoneOffset.UTC));

    /** A field of a schema. */
    private record Field(String type, boolean isRequired) {}

    private static RecordEncoder connected(String address, int family, int protocol) {
        return connect(address).socket(family, 1, protocol, hex(address), hex(address));
    }

    private static List<RecordEncoder> samples() {
        return List.of(
                open("/etc/hosts").containerId(utf8("c1")),
                open("/tmp/new").flag(EventFlag.CREATED),
                open(hex("2f746d702fff")),
                open("/"),
                open("relative").enter().call(1_000_012_345_678L, 0, 0),
                failedOpen("/missing \"quoted\""),
                begin(Syscall.OPENAT, -14).path(new byte[0], Provenance.NONE, Integrity.UNCHECKED),
                begin(Syscall.OPENAT, 3).path(utf8("/a"), Provenance.ENTER, Integrity.CHANGED),
                connected(LOOPBACK, 2, 6),
                connected(LOOPBACK6, 10, 17),
                connected(UNIX, 1, 0),
                connect(LOOPBACK).call(1, 2, -111),
                connect(LOOPBACK).call(1, 2, -110),
                connect(LOOPBACK).call(1, 2, -115),
                connect(""),
                connect("1000"));
    }

    private Map<String, Object> written(EventWriter writer, RecordEncoder event) {
        EventView view = view(event);
        clock.arrived(view.nanos());
        LineBuffer out = new LineBuffer(1 << 16);
        writer.write(view, out);
        List<Map<String, Object>> lines = JsonLines.parse(out.toString());
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }

    private EventWriter ocsf() {
        return new OcsfEventWriter(clock, OpenFlags.X86, "host", "1");
    }

    private EventWriter ecs() {
        return new EcsEventWriter(clock, OpenFlags.X86, "host");
    }

    /** The fields of a schema; of those that one class alone has, those of that class. */
    private static Map<String, Field> schema(String name, String only) throws IOException {
        try (InputStream in = SchemaWritersTest.class.getResourceAsStream("/schemas/" + name)) {
            Map<String, Field> fields = new LinkedHashMap<>();
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            for (String line :
                    text.lines().filter(line -> !line.startsWith("#")).toList()) {
                List<String> words = new ArrayList<>(List.of(line.split(" ")));
                if (Character.isDigit(words.get(0).charAt(0))
                        && !words.remove(0).equals(only)) {
                    continue;
                }
                fields.put(words.get(0), new Field(words.get(1), words.size() > 2));
            }
            return fields;
        }
    }

    @SuppressWarnings("unchecked")
    private static void flatten(String prefix, Map<String, Object> object, Map<String, Object> into) {
        object.forEach((name, value) -> {
            String path = prefix + name;
            if (value instanceof Map) {
                flatten(path + ".", (Map<String, Object>) value, into);
            } else {
                into.put(path, value);
            }
        });
    }

    private static String type(Object value) {
        return value instanceof String ? "string" : value instanceof List ? "array" : "integer";
    }

    private static void assertFits(Map<String, Object> event, Map<String, Field> schema, String own) {
        Map<String, Object> fields = new TreeMap<>();
        flatten("", event, fields);
        fields.forEach((name, value) -> {
            if (!name.startsWith(own + ".")) {
                assertThat(schema).as("%s of %s", name, event).containsKey(name);
                assertThat(type(value))
                        .as("%s of %s", name, event)
                        .isEqualTo(Objects.requireNonNull(schema.get(name)).type());
            }
        });
        schema.forEach((name, field) -> {
            if (field.isRequired()) {
                assertThat(fields).as("%s", event).containsKey(name);
            }
        });
    }

    @Test
    void everyFieldIsOneOfTheSchemaAndNoneThatItWantsIsMissing() throws IOException {
        for (RecordEncoder sample : samples()) {
            Map<String, Object> event = written(ocsf(), sample);
            assertFits(event, schema("ocsf-1.3.0.txt", String.valueOf(event.get("class_uid"))), "unmapped");
            assertFits(written(ecs(), sample), schema("ecs-8.17.0.txt", ""), "unraced");
        }
    }

    @Test
    void anOpenByOcsf() {
        Map<String, Object> event = written(ocsf(), open("/etc/hosts").containerId(utf8("c1")));
        assertThat(event)
                .containsEntry("class_uid", 1001L)
                .containsEntry("category_uid", 1L)
                .containsEntry("activity_id", 14L)
                .containsEntry("type_uid", 100_114L)
                .containsEntry("severity_id", 1L)
                .containsEntry("status_id", 1L)
                .containsEntry("time", Instant.parse("2026-11-24T12:00:00.123Z").toEpochMilli())
                .containsEntry("file", Map.of("type_id", 0L, "name", "hosts", "path", "/etc/hosts"))
                .containsEntry(
                        "file_result", Map.of("type_id", 0L, "name", "hosts", "path", "/etc/hosts", "uid", "8:1:1234"));
        assertThat(event.toString()).contains("container={uid=c1}", "profiles=[host, container]", "uid=1000");
        assertThat(written(ocsf(), open("/tmp/new").flag(EventFlag.CREATED))).containsEntry("type_uid", 100_101L);
        assertThat(written(ocsf(), begin(Syscall.OPENAT, 3).path(utf8("/a"), Provenance.ENTER, Integrity.CHANGED)))
                .as("evidence of an attack")
                .containsEntry("severity_id", 4L);
    }

    @Test
    void aConnectByOcsf() {
        assertThat(written(ocsf(), connected(LOOPBACK, 2, 6)))
                .containsEntry("type_uid", 400_101L)
                .containsEntry("dst_endpoint", Map.of("ip", "127.0.0.1", "port", 8080L))
                .containsEntry(
                        "connection_info", Map.of("direction_id", 2L, "protocol_ver_id", 4L, "protocol_num", 6L));
        assertThat(written(ocsf(), connected(UNIX, 1, 0))).containsEntry("dst_endpoint", Map.of("name", "/run/s"));
        assertThat(written(ocsf(), connect(LOOPBACK).call(1, 2, -111)))
                .containsEntry("activity_id", 5L)
                .containsEntry("status_code", "ECONNREFUSED");
        assertThat(written(ocsf(), connect(LOOPBACK).call(1, 2, -110))).containsEntry("activity_id", 4L);
        assertThat(written(ocsf(), connect(LOOPBACK).call(1, 2, -115)))
                .as("it goes on")
                .containsEntry("activity_id", 1L)
                .containsEntry("status_id", 0L);
    }

    @Test
    void anOpenAndAConnectByEcs() {
        Map<String, Object> open = written(ecs(), open("/etc/hosts"));
        assertThat(open)
                .containsEntry("@timestamp", "2026-11-24T12:00:00.123456Z")
                .containsEntry("ecs", Map.of("version", "8.17.0"))
                .containsEntry("file", Map.of("path", "/etc/hosts", "name", "hosts", "inode", "1234", "device", "8:1"));
        assertThat(open.get("event").toString())
                .contains("category=[file]", "type=[access]", "action=openat", "outcome=success", "duration=12340");
        Map<String, Object> failed = written(ecs(), failedOpen("/missing"));
        assertThat(failed).containsEntry("error", Map.of("code", "ENOENT"));
        assertThat(failed.get("event").toString()).contains("outcome=failure");
        assertThat(written(ecs(), connected(LOOPBACK6, 10, 17)))
                .containsEntry("destination", Map.of("address", "::1", "ip", "::1", "port", 8080L))
                .containsEntry(
                        "network",
                        Map.of("type", "ipv6", "direction", "egress", "iana_number", "17", "transport", "udp"));
    }

    @Test
    void bytesThatAreNoTextAreKept() {
        for (EventWriter writer : List.of(ocsf(), ecs())) {
            assertThat(written(writer, open(hex("2f746d702fff"))).toString()).contains("path_hex=2f746d702fff");
        }
    }
}
