// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static dev.unraced.format.SampleEvents.begin;
import static dev.unraced.format.SampleEvents.connect;
import static dev.unraced.format.SampleEvents.failedOpen;
import static dev.unraced.format.SampleEvents.hex;
import static dev.unraced.format.SampleEvents.open;
import static dev.unraced.format.SampleEvents.utf8;
import static dev.unraced.format.SampleEvents.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests events in foreign schemas against lists of these schemas' fields. */
class SchemaWritersTest {
    private static final String LOOPBACK = "02001f907f0000010000000000000000";
    private static final String LOOPBACK6 = "0a001f900000000000000000000000000000000000000001" + "00000000";
    private static final String MAPPED_LOOPBACK = "0a001f90000000000000000000000000" + "0000ffff7f000001" + "00000000";
    private static final String ELSEWHERE = "02001f90c00002010000000000000000";
    private static final String ELSEWHERE6 = "0a001f900000000020010db8000000000000000000000001" + "00000000";
    private static final String MAPPED = "0a001f90000000000000000000000000" + "0000ffffc0000201" + "00000000";
    private static final String UNIX = "01002f72756e2f7300";

    private static final Pattern IP =
            Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}|[0-9a-f:]*:[0-9a-f:]*(:(\\d{1,3}\\.){3}\\d{1,3})?");
    private static final Pattern HOSTNAME = Pattern.compile("\\p{Alnum}([-.\\p{Alnum}]*\\p{Alnum})?");
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z");

    private final WallClock clock =
            new WallClock(Clock.fixed(Instant.parse("2026-11-24T12:00:00.123456Z"), ZoneOffset.UTC));

    /** A field in a schema; the profile is "" when the field needs none. */
    private record Field(String type, Set<String> marks, String profile, List<String> values) {
        private static Field of(List<String> words) {
            return new Field(
                    words.get(1),
                    Set.copyOf(words.subList(2, words.size())),
                    words.stream()
                            .flatMap(word -> after("profile=", word))
                            .findFirst()
                            .orElse(""),
                    words.stream()
                            .flatMap(word -> after("values=", word))
                            .flatMap(word -> Stream.of(word.split(",", -1)))
                            .toList());
        }

        private static Stream<String> after(String key, String word) {
            return word.startsWith(key) ? Stream.of(word.substring(key.length())) : Stream.of();
        }

        boolean isRequired() {
            return marks.contains("required");
        }
    }

    /** A class or an object of a schema. */
    private record Section(Map<String, Field> fields, List<List<String>> atLeastOne) {}

    private static RecordEncoder connected(String address, int family, int protocol) {
        return connect(address).socket(family, 1, protocol, hex(address), hex(address));
    }

    /** An open that succeeded, but whose file was gone when the driver looked. */
    private static RecordEncoder missedOpen() {
        return begin(Syscall.OPENAT, 3)
                .path(utf8("/etc/shadow"), Provenance.KERNEL, Integrity.MATCH)
                .flag(EventFlag.OBJECT_MISSED);
    }

    /** An open that a seccomp filter refused, with a result of its choice. */
    private static RecordEncoder refusedOpen() {
        return begin(Syscall.OPENAT, 3)
                .path(utf8("/etc/shadow"), Provenance.ENTER, Integrity.UNCHECKED)
                .flag(EventFlag.NOT_EXECUTED);
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
                connected(ELSEWHERE, 2, 6),
                connected(MAPPED, 10, 6),
                connected(UNIX, 1, 0),
                open("/etc/shadow").flag(EventFlag.EXECUTION_UNKNOWN).flag(EventFlag.CREATED),
                missedOpen(),
                refusedOpen(),
                connected(LOOPBACK, 2, 6).flag(EventFlag.EXECUTION_UNKNOWN),
                connect(LOOPBACK).flag(EventFlag.OBJECT_MISSED).block(Provenance.EXIT, Integrity.UNCHECKED),
                connect(LOOPBACK).call(1, 2, -111).flag(EventFlag.NOT_EXECUTED),
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
        return new OcsfEventWriter(clock, OpenFlagNames.X86, "host", "1");
    }

    private EventWriter ecs() {
        return new EcsEventWriter(clock, OpenFlagNames.X86, "host");
    }

    /** Returns the lines of a list, as words, without its header. */
    private static List<List<String>> list(String name) {
        try (InputStream in = SchemaWritersTest.class.getResourceAsStream("/schemas/" + name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(line -> List.of(line.split(" ", -1)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Section> ocsfSections() {
        Map<String, Section> sections = new HashMap<>();
        Section section = new Section(new HashMap<>(), new ArrayList<>());
        for (List<String> words : list("ocsf-1.8.0.txt")) {
            String first = words.get(0);
            if (first.startsWith("[")) {
                section = new Section(new HashMap<>(), new ArrayList<>());
                sections.put(first.replaceAll("[\\[\\]]", ""), section);
            } else if (first.equals("at_least_one")) {
                section.atLeastOne().add(words.subList(1, words.size()));
            } else {
                section.fields().put(first, Field.of(words));
            }
        }
        return sections;
    }

    /** Returns whether a value is of a type that both schemas know. */
    private static boolean isOf(String type, @Nullable Object value) {
        return switch (type) {
            case "integer", "long" -> value instanceof Long || value instanceof BigInteger;
            case "time" -> value instanceof Long millis && millis > 0;
            case "port" -> value instanceof Long port && port >= 0 && port <= 0xffff;
            case "boolean" -> value instanceof Boolean;
            case "float" -> value instanceof Double || value instanceof Long;
            case "ip" -> value instanceof String text && IP.matcher(text).matches();
            case "hostname" ->
                value instanceof String text && HOSTNAME.matcher(text).matches();
            case "date" -> value instanceof String text && DATE.matcher(text).matches();
            case "string", "keyword", "wildcard", "match_only_text" -> value instanceof String;
            case "object" -> value instanceof Map;
            default -> throw new AssertionError("no value is of a type " + type);
        };
    }

    private static void assertIsOneOf(Field field, @Nullable Object value, String where) {
        if (!field.values().isEmpty()) {
            assertThat(String.valueOf(value)).as(where).isIn(field.values());
        }
    }

    static Map<String, Object> object(@Nullable Object value, String where) {
        assertThat(value).as(where).isInstanceOf(Map.class);
        Map<String, Object> object = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(value)).forEach((name, inner) -> object.put(String.valueOf(name), inner));
        return object;
    }

    /** Checks that an object, and the objects in it, have the fields of their sections. */
    private static void assertFitsSection(
            Map<String, Section> sections, String name, Map<String, Object> object, List<?> profiles, String where) {
        Section section = sections.get(name);
        assertThat(section).as("%s: %s is left out of the list", where, name).isNotNull();
        Objects.requireNonNull(section);
        object.forEach((key, value) -> {
            String path = where + "." + key;
            Field field = section.fields().get(key);
            assertThat(field).as(path).isNotNull();
            Objects.requireNonNull(field);
            assertThat(field.marks()).as(path).doesNotContain("deprecated");
            if (!field.profile().isEmpty()) {
                assertThat(profiles.contains(field.profile()))
                        .as("%s is of a profile", path)
                        .isTrue();
            }
            if (sections.containsKey(field.type())) {
                assertFitsSection(sections, field.type(), object(value, path), profiles, path);
            } else if (field.type().endsWith("[]")) {
                assertThat(value).as(path).isInstanceOf(List.class);
                String type = field.type().replace("[]", "");
                assertThat((List<?>) value).as(path).allMatch(item -> isOf(type, item));
            } else {
                assertThat(isOf(field.type(), value)).as("%s, %s", path, value).isTrue();
                assertIsOneOf(field, value, path);
            }
        });
        section.fields().forEach((key, field) -> {
            if (field.isRequired()) {
                assertThat(object).as(where).containsKey(key);
            }
        });
        section.atLeastOne()
                .forEach(names -> assertThat(object.keySet()).as(where).containsAnyElementsOf(names));
    }

    static void assertFitsOcsf(Map<String, Object> event) {
        Map<String, Object> metadata = object(event.get("metadata"), "metadata");
        List<?> profiles = metadata.get("profiles") instanceof List<?> list ? list : List.of();
        assertFitsSection(ocsfSections(), String.valueOf(event.get("class_uid")), event, profiles, "event");
        assertThat(event.get("type_uid")).isEqualTo(number(event, "class_uid") * 100 + number(event, "activity_id"));
        assertThat(event.get("status"))
                .isEqualTo(List.of("Unknown", "Success", "Failure").get((int) number(event, "status_id")));
    }

    private static long number(Map<String, Object> event, String name) {
        return (Long) Objects.requireNonNull(event.get(name));
    }

    private static void flatten(String prefix, Map<String, Object> object, Map<String, Object> into) {
        object.forEach((name, value) -> {
            String path = prefix + name;
            if (value instanceof Map) {
                flatten(path + ".", object(value, path), into);
            } else {
                into.put(path, value);
            }
        });
    }

    static void assertFitsEcs(Map<String, Object> event) {
        Map<String, Field> fields = new HashMap<>();
        Map<String, List<String>> types = new HashMap<>();
        for (List<String> words : list("ecs-9.4.0.txt")) {
            if (words.get(0).equals("types_of")) {
                types.put(words.get(1), List.of(words.get(2).split(",", -1)));
            } else {
                fields.put(words.get(0), Field.of(words));
            }
        }
        Map<String, Object> written = new TreeMap<>();
        flatten("", event, written);
        written.keySet().removeIf(name -> name.startsWith("unraced."));
        written.forEach((name, value) -> {
            Field field = fields.get(name);
            assertThat(field).as(name).isNotNull();
            Objects.requireNonNull(field);
            boolean isArray = field.marks().contains("array");
            assertThat(value instanceof List).as("%s, %s", name, value).isEqualTo(isArray);
            for (Object item : value instanceof List<?> list ? list : List.of(value)) {
                assertThat(isOf(field.type(), item)).as("%s, %s", name, item).isTrue();
                assertIsOneOf(field, item, name);
                if (field.marks().contains("lower")) {
                    assertThat((String) item).as(name).isLowerCase();
                }
            }
        });
        fields.forEach((name, field) -> {
            if (field.isRequired()) {
                assertThat(written).containsKey(name);
            }
        });
        for (Object category : (List<?>) Objects.requireNonNull(written.get("event.category"))) {
            List<String> allowed = Objects.requireNonNull(types.get(String.valueOf(category)));
            assertThat((List<?>) written.get("event.type")).as("%s", category).allMatch(allowed::contains);
        }
    }

    @Test
    void everyEventFitsItsSchema() {
        for (RecordEncoder sample : samples()) {
            assertFitsOcsf(written(ocsf(), sample));
            assertFitsEcs(written(ecs(), sample));
        }
    }

    /**
     * Returns a copy of an event with another value at a path, whose first names lead to the object and whose last is
     * the field.
     */
    private static Map<String, Object> with(Map<String, Object> event, String path, @Nullable Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(event);
        int dot = path.indexOf('.');
        if (dot >= 0) {
            String name = path.substring(0, dot);
            Map<String, Object> inner = event.containsKey(name) ? object(event.get(name), name) : Map.of();
            changed.put(name, with(inner, path.substring(dot + 1), value));
        } else if (value == null) {
            changed.remove(path);
        } else {
            changed.put(path, value);
        }
        return changed;
    }

    @Test
    void anEventThatOcsfRefusesIsRefusedHere() {
        Map<String, Object> open = written(ocsf(), open("/etc/hosts").containerId(utf8("c1")));
        Map<String, Object> connect = written(ocsf(), connected(LOOPBACK, 2, 6));
        for (Map<String, Object> wrong : List.of(
                with(open, "nonsense", 1L),
                with(open, "file.type_id", 9L),
                with(open, "actor.process.tid", 1L),
                with(open, "actor.process.ptid", "1"),
                with(open, "file_result.name", null),
                with(open, "device.hostname", null),
                with(open, "device.hostname", "not one"),
                with(open, "actor", null),
                with(open, "actor.process.pid", null),
                with(open, "actor.process.user.uid", null),
                with(open, "metadata.product.name", null),
                with(open, "metadata.profiles", List.of("host")),
                with(open, "time", "1"),
                with(open, "dst_endpoint.ip", "127.0.0.1"),
                with(open, "status", "Failure"),
                with(with(open, "activity_id", 15L), "type_uid", 100_115L),
                with(open, "type_uid", 100_101L),
                with(with(connect, "dst_endpoint", null), "src_endpoint", null),
                with(connect, "dst_endpoint.port", 65_536L),
                with(connect, "dst_endpoint.ip", "localhost"),
                with(connect, "connection_info.direction_id", null),
                with(connect, "connection_info.direction_id", 5L),
                with(connect, "connection_info.protocol_ver_id", 5L),
                with(connect, "metadata.profiles", List.of()),
                with(connect, "url.hostname", "host"))) {
            assertThatThrownBy(() -> assertFitsOcsf(wrong), "%s", wrong).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void anEventThatEcsRefusesIsRefusedHere() {
        Map<String, Object> open = written(ecs(), open("/etc/hosts"));
        Map<String, Object> connect = written(ecs(), connected(LOOPBACK, 2, 6));
        for (Map<String, Object> wrong : List.of(
                with(open, "@timestamp", null),
                with(open, "@timestamp", "today"),
                with(open, "ecs.version", null),
                with(open, "event.kind", "events"),
                with(open, "event.category", "file"),
                with(open, "event.category", List.of("session")),
                with(open, "event.type", List.of("start")),
                with(open, "file.inode", 1234L),
                with(open, "file.nonsense", "1"),
                with(connect, "destination.ip", "localhost"),
                with(connect, "network.direction", "out"),
                with(connect, "network.transport", "TCP"))) {
            assertThatThrownBy(() -> assertFitsEcs(wrong), "%s", wrong).isInstanceOf(AssertionError.class);
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
                        "connection_info",
                        Map.of("direction_id", 4L, "boundary_id", 1L, "protocol_ver_id", 4L, "protocol_num", 6L));
        assertThat(written(ocsf(), connected(ELSEWHERE, 2, 6)))
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
    void aPeerOnTheSameMachineIsNoOutboundOne() {
        Map<String, Long> directions = Map.of(
                LOOPBACK, 4L, LOOPBACK6, 4L, MAPPED_LOOPBACK, 4L, ELSEWHERE, 2L, ELSEWHERE6, 2L, MAPPED, 2L, UNIX, 0L);
        directions.forEach((address, direction) -> assertThat(
                        object(written(ocsf(), connect(address)).get("connection_info"), address))
                .containsEntry("direction_id", direction));
    }

    @Test
    void anOpenAndAConnectByEcs() {
        Map<String, Object> open = written(ecs(), open("/etc/hosts"));
        assertThat(open)
                .containsEntry("@timestamp", "2026-11-24T12:00:00.123456Z")
                .containsEntry("ecs", Map.of("version", "9.4.0"))
                .containsEntry("file", Map.of("path", "/etc/hosts", "name", "hosts", "inode", "1234", "device", "8:1"));
        assertThat(open.get("event").toString())
                .contains("category=[file]", "type=[access]", "action=openat", "outcome=success", "duration=12340")
                .contains("severity=1,");
        RecordEncoder changed = begin(Syscall.OPENAT, 3).path(utf8("/a"), Provenance.ENTER, Integrity.CHANGED);
        assertThat(written(ecs(), changed).get("event").toString()).contains("severity=4,");
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
    void aCallOfWhichNobodyKnowsWhetherItRanOpenedNothing() {
        RecordEncoder open =
                open("/etc/shadow").flag(EventFlag.EXECUTION_UNKNOWN).flag(EventFlag.CREATED);

        Map<String, Object> ocsf = written(ocsf(), open);
        assertThat(ocsf)
                .containsEntry("status_id", 0L)
                .containsEntry("activity_id", 14L)
                .doesNotContainKey("file_result");
        assertThat(object(ocsf.get("unmapped"), "unmapped"))
                .containsEntry("behind_descriptor", Map.of("path", "/etc/shadow", "uid", "8:1:1234"));
        Map<String, Object> ecs = written(ecs(), open);
        assertThat(ecs).containsEntry("file", Map.of("path", "/etc/shadow", "name", "shadow"));
        assertThat(object(ecs.get("event"), "event"))
                .containsEntry("outcome", "unknown")
                .containsEntry("type", List.of("access"));
    }

    @Test
    void aConnectOfWhichNobodyKnowsWhetherItRanReachedNobody() {
        RecordEncoder connect =
                connect(ELSEWHERE).socket(2, 1, 6, hex(LOOPBACK), hex(LOOPBACK)).flag(EventFlag.EXECUTION_UNKNOWN);

        Map<String, Object> ocsf = written(ocsf(), connect);
        assertThat(ocsf)
                .containsEntry("status_id", 0L)
                .containsEntry("type_uid", 400_100L)
                .containsEntry("dst_endpoint", Map.of("ip", "192.0.2.1", "port", 8080L))
                .doesNotContainKey("src_endpoint");
        assertThat(object(ocsf.get("unmapped"), "unmapped"))
                .containsEntry("behind_descriptor", Map.of("local_hex", LOOPBACK, "remote_hex", LOOPBACK));
        Map<String, Object> ecs = written(ecs(), connect);
        assertThat(ecs).doesNotContainKey("source");
        assertThat(object(ecs.get("event"), "event"))
                .containsEntry("outcome", "unknown")
                .containsEntry("type", List.of("connection"));
    }

    @Test
    void anObjectThatWasMissedIsNotReplacedByTheOneThatWasNamed() {
        RecordEncoder connect = connect(LOOPBACK).flag(EventFlag.OBJECT_MISSED);

        assertThat(written(ocsf(), missedOpen())).containsEntry("status_id", 1L).doesNotContainKey("file_result");
        assertThat(written(ecs(), missedOpen())).doesNotContainKey("file");
        assertThat(written(ocsf(), connect)).containsEntry("dst_endpoint", Map.of("name", ""));
        assertThat(written(ecs(), connect)).doesNotContainKeys("destination", "network");
    }

    @Test
    void aCallThatWasRefusedBeforeItRanFailed() {
        assertThat(written(ocsf(), refusedOpen()))
                .containsEntry("status_id", 2L)
                .doesNotContainKey("file_result");
        assertThat(object(written(ecs(), refusedOpen()).get("event"), "event")).containsEntry("outcome", "failure");
        assertThat(written(ocsf(), connect(LOOPBACK).call(1, 2, -111).flag(EventFlag.NOT_EXECUTED)))
                .as("no peer refused it")
                .containsEntry("activity_id", 4L);
    }

    @Test
    void aRewrittenHowOrBlockIsEvidenceToo() {
        assertThat(written(
                        ocsf(),
                        begin(Syscall.OPENAT2, 3)
                                .path(utf8("/a"), Provenance.ENTER, Integrity.MATCH)
                                .how(0, 0, 0, 24, Provenance.ENTER, Integrity.CHANGED)))
                .containsEntry("severity_id", 4L);
        Map<String, Object> event = written(ocsf(), connect(LOOPBACK).block(Provenance.ENTER, Integrity.CHANGED));
        assertThat(event).containsEntry("severity_id", 4L);
        assertThat(object(event.get("unmapped"), "unmapped"))
                .containsEntry("block_provenance", "ENTER")
                .containsEntry("block_integrity", "CHANGED");
    }

    @Test
    void bytesThatAreNoTextAreKept() {
        for (EventWriter writer : List.of(ocsf(), ecs())) {
            assertThat(written(writer, open(hex("2f746d702fff"))).toString()).contains("path_hex=2f746d702fff");
        }
    }
}
