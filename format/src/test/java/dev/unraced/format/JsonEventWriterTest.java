// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static dev.unraced.format.SampleEvents.EXIT_NANOS;
import static dev.unraced.format.SampleEvents.begin;
import static dev.unraced.format.SampleEvents.connect;
import static dev.unraced.format.SampleEvents.failedOpen;
import static dev.unraced.format.SampleEvents.hex;
import static dev.unraced.format.SampleEvents.open;
import static dev.unraced.format.SampleEvents.utf8;
import static dev.unraced.format.SampleEvents.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Abi;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonEventWriterTest {
    private final JsonEventWriter writer = new JsonEventWriter(clock(), OpenFlagNames.X86);

    @Test
    void anEntryHasNeitherReturnNorResult() {
        String line = line(open("/etc/hosts").enter().call(1_000_012_345_678L, 0, 0));

        assertThat(line)
                .contains("\"type\":\"ENTER\"")
                .contains("\"enter_ns\":1000012345678,\"exit_ns\":null,\"duration_ns\":null")
                .contains("\"result\":null,\"error\":null");
    }

    @Test
    void anOpenIsThisLine() {
        RecordEncoder event = open("/etc/hosts").flag(EventFlag.CREATED).containerId(utf8("c1"));

        assertThat(line(event))
                .isEqualTo(
                        "{\"time\":\"2026-11-24T12:00:00.123456Z\",\"type\":\"MERGED\",\"syscall\":\"openat\",\"abi\":\"NATIVE\","
                                + "\"origin\":\"SYSCALL\",\"mitigation\":\"STASH\",\"enter_ns\":1000012333338,"
                                + "\"exit_ns\":1000012345678,\"duration_ns\":12340,\"source\":1,\"sequence\":7,\"result\":3,"
                                + "\"error\":null,\"interrupted\":false,\"tid\":4242,\"tgid\":4242,"
                                + "\"thread_start_ns\":999000000000,\"parent_tgid\":4000,\"uid\":1000,\"gid\":100,"
                                + "\"comm\":\"cat\",\"cgroup_id\":77,\"mount_ns\":4026531841,\"pid_ns\":4026531836,"
                                + "\"container_id\":\"c1\",\"flags\":[\"HAS_FILE\",\"CREATED\"],\"dirfd\":-100,"
                                + "\"path\":\"/etc/hosts\",\"path_provenance\":\"ENTER\",\"path_integrity\":\"MATCH\","
                                + "\"open_flags\":524288,\"open_flag_names\":[\"O_RDONLY\",\"O_CLOEXEC\"],\"mode\":0,"
                                + "\"resolve\":0,\"resolve_names\":[],\"how_size\":0,\"how_provenance\":\"KERNEL\","
                                + "\"how_integrity\":\"MATCH\",\"file\":{\"path\":\"/etc/hosts\",\"device_major\":8,"
                                + "\"device_minor\":1,\"inode\":1234,\"created\":true}}\n");
    }

    @Test
    void aConnectHasItsOwnFields() {
        RecordEncoder event = connect("020000507f0000010000000000000000")
                .socket(2, 1, 6, hex("0200c3507f0000010000000000000000"), null);

        Map<String, Object> json = parse(event);

        assertThat(json)
                .containsEntry("syscall", "connect")
                .containsEntry("fd", 5L)
                .containsEntry("addrlen", 16L);
        assertThat(json.get("address"))
                .isEqualTo(Map.of(
                        "family", "AF_INET",
                        "ip", "127.0.0.1",
                        "port", 80L,
                        "scope_id", 0L,
                        "hex", "020000507f0000010000000000000000"));
        assertThat(json.get("socket"))
                .asInstanceOf(JsonLines.OBJECT)
                .containsEntry("family", "AF_INET")
                .containsEntry("type", "SOCK_STREAM")
                .containsEntry("protocol", 6L)
                .containsEntry("remote", null)
                .hasEntrySatisfying(
                        "local",
                        local ->
                                assertThat(local).asInstanceOf(JsonLines.OBJECT).containsEntry("port", 50_000L));
        assertThat(json).doesNotContainKey("path");
    }

    @Test
    void onlyACallThroughSocketcallHasABlock() {
        assertThat(parse(connect("020000507f000001").block(Provenance.EXIT, Integrity.UNCHECKED)))
                .containsEntry("block_provenance", "EXIT")
                .containsEntry("block_integrity", "UNCHECKED");
        assertThat(parse(connect("020000507f000001"))).doesNotContainKeys("block_provenance", "block_integrity");
        assertThat(parse(open("/x"))).doesNotContainKeys("block_provenance", "block_integrity");
    }

    @Test
    void everyFlagIsPrintedByItsName() {
        for (EventFlag flag : EventFlag.values()) {
            assertThat(parse(connect("020000507f000001").flag(flag))).containsEntry("flags", List.of(flag.name()));
        }
    }

    @Test
    void unixAddressesHaveTheirPath() {
        assertThat(parse(connect("01002f72756e2f78006a756e6b")).get("address"))
                .isEqualTo(Map.of(
                        "family", "AF_UNIX", "path", "/run/x", "abstract", false, "hex", "01002f72756e2f78006a756e6b"));
        assertThat(parse(connect("010000780079")).get("address"))
                .isEqualTo(Map.of("family", "AF_UNIX", "path", "x\0y", "abstract", true, "hex", "010000780079"));
        assertThat(parse(connect("0100")).get("address"))
                .asInstanceOf(JsonLines.OBJECT)
                .containsEntry("path", null);
        assertThat(parse(connect("0100ff")).get("address"))
                .asInstanceOf(JsonLines.OBJECT)
                .containsEntry("path", "\ufffd")
                .containsEntry("path_hex", "ff");
    }

    @Test
    void addressesThatAreNoneAreStillShown() {
        assertThat(parse(connect("02")).get("address"))
                .asInstanceOf(JsonLines.OBJECT)
                .containsEntry("family", null)
                .containsEntry("hex", "02");
        assertThat(parse(connect("02000050")).get("address")).isEqualTo(Map.of("family", "AF_INET", "hex", "02000050"));
        assertThat(parse(connect("6300aa")).get("address")).isEqualTo(Map.of("family", "AF_99", "hex", "6300aa"));
        assertThat(parse(begin(Syscall.CONNECT, -14)))
                .containsEntry("address", null)
                .containsEntry("socket", null);
    }

    @Test
    void everyByteSurvives() {
        for (int value = 0; value < 256; value++) {
            byte[] path = {'/', (byte) value, 'x'};
            Map<String, Object> json = parse(open(path));

            assertThat(bytes(json, "path")).as("byte %d", value).isEqualTo(path);
            assertThat(json.containsKey("path_hex")).isEqualTo(value > 0x7f);
        }
    }

    @Test
    void everyCharacterSurvivesAndOnlyPlainOnesStandAsTheyAre() {
        for (int point = 1; point <= Character.MAX_CODE_POINT; point += point < 0x3000 ? 1 : 97) {
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                continue;
            }
            String path = Character.toString(point);
            RecordEncoder event = open(path);

            assertThat(parse(event))
                    .as("U+%04X", point)
                    .containsEntry("path", path)
                    .doesNotContainKey("path_hex");
            assertThat(line(event).stripTrailing().codePoints().allMatch(Utf8::isPlain))
                    .as("U+%04X", point)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"c080", "eda080", "f4908080", "e282", "80", "f0808080", "c3"})
    void whatIsNotUtf8HasItsBytesInHexadecimal(String digits) {
        Map<String, Object> json = parse(open(hex(digits)).comm(hex(digits)).containerId(hex(digits)));

        assertThat(json)
                .containsEntry("path_hex", digits)
                .containsEntry("comm_hex", digits)
                .containsEntry("container_id_hex", digits);
        assertThat(json.get("file")).asInstanceOf(JsonLines.OBJECT).containsEntry("path_hex", digits);
    }

    @Test
    void absentAndEmptyDiffer() {
        RecordEncoder unreadable = begin(Syscall.OPEN, -14).path(new byte[0], Provenance.NONE, Integrity.UNCHECKED);

        assertThat(parse(unreadable)).containsEntry("path", null).containsEntry("path_provenance", "NONE");
        assertThat(parse(failedOpen(""))).containsEntry("path", "");
    }

    @Test
    void failuresHaveNames() {
        assertThat(parse(failedOpen("/x")))
                .containsEntry("result", -2L)
                .containsEntry("error", "ENOENT")
                .containsEntry("file", null);
        assertThat(parse(begin(Syscall.OPEN, -512)))
                .containsEntry("error", "ERESTARTSYS")
                .containsEntry("interrupted", true);
        assertThat(parse(begin(Syscall.OPEN, -4095))).containsEntry("error", null);
    }

    @Test
    void aMissedEnterHasNoTime() {
        assertThat(parse(open("/x").call(0, EXIT_NANOS, 3)))
                .containsEntry("enter_ns", null)
                .containsEntry("duration_ns", null)
                .containsEntry("exit_ns", EXIT_NANOS);
    }

    @Test
    void numbersAreWhole() {
        RecordEncoder event = new RecordEncoder()
                .begin(Syscall.OPENAT2, Abi.X32, Origin.IO_URING, Mitigation.KERNEL)
                .user(0xffff_fffeL, 0xffff_ffffL)
                .path(utf8("x"), Provenance.KERNEL, Integrity.CHANGED)
                .how(-1, -1, 0x108, 24, Provenance.ENTER, Integrity.DIFFERS)
                .file(utf8("/x"), 259, 3, -1);

        assertThat(line(event))
                .contains("\"uid\":4294967294,\"gid\":4294967295")
                .contains("\"open_flags\":18446744073709551615")
                .contains("\"mode\":18446744073709551615")
                .contains("\"inode\":18446744073709551615")
                .contains("\"resolve\":264,\"resolve_names\":[\"RESOLVE_BENEATH\",\"0x100\"],\"how_size\":24");
    }

    private String line(RecordEncoder event) {
        LineBuffer out = new LineBuffer(16);
        writer.write(view(event), out);
        return out.toString();
    }

    private Map<String, Object> parse(RecordEncoder event) {
        List<Map<String, Object>> objects = JsonLines.parse(line(event));
        assertThat(objects).hasSize(1);
        return objects.get(0);
    }

    private static byte[] bytes(Map<String, Object> json, String field) {
        Object hex = json.get(field + "_hex");
        return hex == null ? utf8((String) json.get(field)) : HexFormat.of().parseHex((String) hex);
    }

    /** Returns a clock on which the sample events returned at noon. */
    static WallClock clock() {
        WallClock clock = new WallClock(() -> Instant.parse("2026-11-24T12:00:00.123456789Z"));
        clock.arrived(EXIT_NANOS);
        return clock;
    }
}
