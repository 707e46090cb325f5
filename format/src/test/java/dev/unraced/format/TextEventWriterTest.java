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
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextEventWriterTest {

    @Test
    void aPlainOpenShowsItsPathOnce() {
        assertThat(line(open("/etc/hosts")))
                .isEqualTo("12:00:00.123456 cat[4242]                openat  \"/etc/hosts\"                            "
                        + " O_RDONLY|O_CLOEXEC         = 3        12.3µs\n");
    }

    @Test
    void eightyColumnsHaveTheCallAndALineOfItsOwnForTheRest() {
        assertThat(line(80, open("/etc/hosts")))
                .isEqualTo("12:00:00 cat[4242]        openat  \"/etc/hosts\"                r  = 3\n");
        RecordEncoder link = begin(Syscall.OPENAT, 3)
                .dirfd(-100)
                .path(utf8("/lib/x86_64-linux-gnu/libcrypto.so.3"), Provenance.ENTER, Integrity.DIFFERS)
                .how(0102, 0644, 0, 0, Provenance.KERNEL, Integrity.MATCH)
                .file(utf8("/usr/lib/x86_64-linux-gnu/libcrypto.so.3"), 8, 1, 1234);
        assertThat(line(80, link).lines())
                .containsExactly(
                        "12:00:00 cat[4242]        openat  \"/lib/x86_64-…bcrypto.so.3\" rw = 3",
                        "        → \"/usr/lib/x86_64-linux-gnu/libcrypto.so.3\" DIFFERS");
    }

    @Test
    void noLineIsLongerThanTheTerminal() {
        String deep = "/d".repeat(400) + "/\u001b[31m" + "e".repeat(300);
        for (int columns : new int[] {60, 80, 100, 120, 139, 140, 160, 200}) {
            for (RecordEncoder event : List.of(
                    open("/etc/hosts"),
                    open(deep),
                    open(deep).thread(1_234_567, 1_234_566, 1, 1).comm(utf8("a-program-name1")),
                    failedOpen(deep),
                    open("/short").file(utf8(deep), 8, 1, 1234),
                    open("/short")
                            .path(utf8("/short"), Provenance.ENTER, Integrity.DIFFERS)
                            .file(utf8("/events/syscalls/sys_enter_pidfd_getfd/id"), 8, 1, 1234)
                            .flag(EventFlag.DETACHED)
                            .flag(EventFlag.FD_TABLE_SHARED),
                    open(deep)
                            .path(utf8(deep), Provenance.EXIT, Integrity.CHANGED)
                            .file(utf8(deep), 0xfff, 0xfffff, Long.MAX_VALUE)
                            .flag(EventFlag.TRUNCATED)
                            .flag(EventFlag.ENTER_MISSED)
                            .flag(EventFlag.RESOLVED_TRUNCATED)
                            .flag(EventFlag.RESOLVED_UNSTABLE)
                            .flag(EventFlag.FOREIGN_MOUNT_NS)
                            .flag(EventFlag.EXECUTION_UNKNOWN),
                    connect("020000507f000001"),
                    connect("0a000050000000000123456789abcdef0123456789abcdef01000000"))) {
                assertThat(line(columns, event).lines())
                        .allSatisfy(line -> assertThat(line.stripTrailing()).hasSizeLessThanOrEqualTo(columns));
            }
        }
    }

    @Test
    void whatIsCutIsNotMistakenForSomethingElse() {
        String shown = line(80, open("\u001b".repeat(40)));
        // Whole escapes only, and both quotes.
        assertThat(shown).containsPattern("\"(\\\\x1b)+…(\\\\x1b)+\" ");
    }

    @Test
    void failuresHaveNamesAndModesAreOctal() {
        RecordEncoder event = begin(Syscall.OPEN, -13)
                .dirfd(-100)
                .path(utf8("/srv/x"), Provenance.ENTER, Integrity.UNCHECKED)
                .how(0102, 0644, 0, 0, Provenance.KERNEL, Integrity.MATCH);

        assertThat(line(event))
                .contains(" \"/srv/x\" ")
                .contains(" O_RDWR|O_CREAT 0644 ")
                .contains(" = EACCES ");
    }

    @Test
    void theOpenedFileIsShownWhereItDiffers() {
        RecordEncoder event = begin(Syscall.OPENAT, 3)
                .dirfd(7)
                .path(utf8("link"), Provenance.ENTER, Integrity.DIFFERS)
                .how(0, 0, 0, 0, Provenance.KERNEL, Integrity.MATCH)
                .file(utf8("/etc/shadow"), 8, 1, 1234);

        assertThat(line(event)).contains(" fd7:\"link\" ").endsWith(" → \"/etc/shadow\" 8:1:1234 DIFFERS\n");
    }

    @Test
    void doubtsAreMarked() {
        RecordEncoder forged = new RecordEncoder()
                .begin(Syscall.OPENAT2, Abi.IA32, Origin.IO_URING, Mitigation.OFF)
                .call(0, EXIT_NANOS, -2)
                .thread(43, 42, 1, 1)
                .dirfd(-100)
                .path(utf8("/x"), Provenance.EXIT, Integrity.CHANGED)
                .how(0, 0, 8, 24, Provenance.EXIT, Integrity.CHANGED)
                .flag(EventFlag.ENTER_MISSED)
                .flag(EventFlag.TRUNCATED);

        assertThat(line(forged))
                .contains(" [42/43] ")
                .contains(" O_RDONLY|RESOLVE_BENEATH ")
                .endsWith("      ? CHANGED EXIT! how:CHANGED how:EXIT! IA32 IO_URING TRUNCATED ENTER_MISSED\n");
        assertThat(line(begin(Syscall.OPEN, -14).flag(EventFlag.FAULTED)))
                .contains(" ? ")
                .endsWith(" NONE FAULTED\n");
    }

    @Test
    void anArgumentThatWasNotInMemoryIsNoAlarm() {
        RecordEncoder event = begin(Syscall.OPEN, -2)
                .path(utf8("/x"), Provenance.EXIT, Integrity.UNCHECKED)
                .flag(EventFlag.FAULTED);

        assertThat(line(event)).endsWith(" EXIT FAULTED\n");
    }

    @Test
    void aSharedTableIsShownWhereItWeakensAFile() {
        RecordEncoder event = begin(Syscall.OPENAT, 3)
                .dirfd(-100)
                .path(utf8("/x"), Provenance.ENTER, Integrity.UNCHECKED)
                .how(0, 0, 0, 0, Provenance.KERNEL, Integrity.MATCH)
                .file(utf8("/x"), 8, 1, 1234)
                .flag(EventFlag.FD_TABLE_SHARED);

        assertThat(line(event)).endsWith("12.3µs UNCHECKED FD_TABLE_SHARED\n");
        assertThat(line(failedOpen("/x").flag(EventFlag.FD_TABLE_SHARED)))
                .as("no file that it could weaken")
                .endsWith("12.3µs\n");
    }

    @Test
    void everydayMarksAreSignsOnATerminalWithOneLegend() {
        TextEventWriter writer =
                new TextEventWriter(JsonEventWriterTest.clock(), OpenFlagNames.X86, ZoneOffset.UTC, false, true, 80);
        assertThat(writer.toLine(view(open("/etc/hosts")))).doesNotContain("~");
        assertThat(writer.takeLegend()).isEmpty();

        assertThat(writer.toLine(view(unchecked("/etc/hosts").flag(EventFlag.FD_TABLE_SHARED))))
                .as("one line of at most 80 characters")
                .endsWith(" = 3       ~ t")
                .doesNotContain("\n")
                .hasSizeLessThanOrEqualTo(80);
        assertThat(writer.takeLegend()).contains("~ is UNCHECKED", "t FD_TABLE_SHARED", "--wide");
        assertThat(writer.toLine(view(open("/x").flag(EventFlag.FD_TABLE_SHARED))))
                .endsWith(" t");
        assertThat(writer.takeLegend()).as("only once").isEmpty();
    }

    @Test
    void whatIsNotEverydayIsWrittenOutOnATerminal() {
        assertThat(line(80, unchecked("/x").flag(EventFlag.FD_TABLE_SHARED).flag(EventFlag.RESOLVED_UNSTABLE)))
                .endsWith(" UNCHECKED t RESOLVED_UNSTABLE\n");
        assertThat(line(80, unchecked("/x").flag(EventFlag.DETACHED))).endsWith(" UNCHECKED DETACHED\n");
        assertThat(line(80, open("/x").flag(EventFlag.CREATED))).endsWith(" CREATED\n");
        assertThat(line(
                        80,
                        begin(Syscall.CONNECT, 0)
                                .fd(5)
                                .address(hex("020000507f000001"), 8, Provenance.ENTER, Integrity.UNCHECKED)
                                .socket(2, 1, 6, null, hex("020000507f000001"))
                                .flag(EventFlag.SOCKET_SHARED)))
                .endsWith(" UNCHECKED SOCKET_SHARED\n");
    }

    @Test
    void onlyAPathThatDiffersCanBeByALink() {
        assertThat(byLink(open("/lib/x")
                        .path(utf8("/lib/x"), Provenance.ENTER, Integrity.DIFFERS)
                        .file(utf8("/usr/lib/x"), 8, 1, 1234)))
                .contains("\u001b[2mby a link\u001b[0m")
                .doesNotContain("DIFFERS");
        assertThat(byLink(open("/lib/x")
                        .path(utf8("/lib/x"), Provenance.EXIT, Integrity.CHANGED)
                        .file(utf8("/usr/lib/x"), 8, 1, 1234)))
                .contains("CHANGED", "EXIT!")
                .doesNotContain("by a link");
        assertThat(byLink(open("/x"))).doesNotContain("by a link");
        assertThat(byLink(unchecked("/x").flag(EventFlag.FD_TABLE_SHARED)))
                .contains("UNCHECKED", "FD_TABLE_SHARED")
                .doesNotContain("by a link");
        assertThat(byLink(begin(Syscall.OPENAT2, 3)
                        .path(utf8("/lib/x"), Provenance.EXIT, Integrity.DIFFERS)
                        .how(0, 0, 8, 24, Provenance.ENTER, Integrity.DIFFERS)
                        .file(utf8("/usr/lib/x"), 8, 1, 1234)))
                .as("the mark of the provenance, and that of how, stay")
                .contains("by a link", "EXIT!", "how:DIFFERS");
        assertThat(byLink(begin(Syscall.CONNECT, 0)
                        .fd(5)
                        .address(hex("020000507f000001"), 8, Provenance.ENTER, Integrity.DIFFERS)
                        .socket(2, 1, 6, null, hex("020000517f000001"))))
                .contains("DIFFERS");
    }

    private static String byLink(RecordEncoder event) {
        return new TextEventWriter(
                        JsonEventWriterTest.clock(),
                        OpenFlagNames.X86,
                        ZoneOffset.UTC,
                        true,
                        true,
                        0,
                        null,
                        asked -> true)
                .toLine(view(event));
    }

    private static RecordEncoder unchecked(String path) {
        return begin(Syscall.OPENAT, 3)
                .dirfd(-100)
                .path(utf8(path), Provenance.ENTER, Integrity.UNCHECKED)
                .how(0, 0, 0, 0, Provenance.KERNEL, Integrity.MATCH)
                .file(utf8(path), 8, 1, 1234);
    }

    @Test
    void aSharedTableIsShownBesideAProvenPath() {
        assertThat(line(open("/x").flag(EventFlag.FD_TABLE_SHARED)))
                .as("the kernel's own copy, and a file behind a descriptor")
                .endsWith("12.3µs FD_TABLE_SHARED\n");
    }

    @Test
    void aSharedSocketIsShownWithTheAddressThatIsNotProven() {
        RecordEncoder event = begin(Syscall.CONNECT, 0)
                .fd(5)
                .address(hex("020000507f000001"), 8, Provenance.ENTER, Integrity.UNCHECKED)
                .socket(2, 1, 6, null, hex("020000507f000001"))
                .flag(EventFlag.SOCKET_SHARED);

        assertThat(line(event)).endsWith("12.3µs UNCHECKED SOCKET_SHARED\n");
    }

    @Test
    void aWayThatMovedAndAForeignNamespaceAreShown() {
        RecordEncoder event = begin(Syscall.OPENAT, 3)
                .dirfd(-100)
                .path(utf8("/x"), Provenance.ENTER, Integrity.UNCHECKED)
                .file(utf8("/y"), 8, 1, 1234)
                .flag(EventFlag.RESOLVED_UNSTABLE)
                .flag(EventFlag.FOREIGN_MOUNT_NS);

        assertThat(line(event)).endsWith(" → \"/y\" 8:1:1234 UNCHECKED FOREIGN_MOUNT_NS RESOLVED_UNSTABLE\n");
    }

    @Test
    void whatIsNotKnownOfACallIsShownAtItsResult() {
        assertThat(line(open("/x").flag(EventFlag.ENTER_MISSED).flag(EventFlag.EXECUTION_UNKNOWN)))
                .contains(" = 3? ")
                .endsWith(" ENTER_MISSED EXECUTION_UNKNOWN\n");
        assertThat(line(begin(Syscall.OPENAT, 3)
                        .path(utf8("/x"), Provenance.ENTER, Integrity.UNCHECKED)
                        .flag(EventFlag.OBJECT_MISSED)))
                .contains(" = 3 ")
                .endsWith(" OBJECT_MISSED\n");
    }

    @Test
    void inModeOffNothingIsComparedAndOnlyTheFlagIsShown() {
        RecordEncoder event = new RecordEncoder()
                .begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.OFF)
                .call(0, EXIT_NANOS, 3)
                .path(utf8("/x"), Provenance.EXIT, Integrity.UNCHECKED)
                .file(utf8("/x"), 8, 1, 1234)
                .flag(EventFlag.FD_TABLE_SHARED);

        assertThat(line(event)).endsWith(" EXIT! FD_TABLE_SHARED\n");
    }

    @Test
    void theBlockOfSocketcallHasMarksOfItsOwn() {
        assertThat(line(connect("020000507f000001").block(Provenance.ENTER, Integrity.MATCH)))
                .endsWith("12.3µs\n");
        assertThat(line(connect("020000507f000001").block(Provenance.ENTER, Integrity.CHANGED)))
                .endsWith("12.3µs block:CHANGED\n");
        assertThat(line(connect("020000507f000001").block(Provenance.EXIT, Integrity.UNCHECKED)))
                .endsWith("12.3µs block:EXIT!\n");
    }

    @Test
    void changedIsRed() {
        RecordEncoder event = begin(Syscall.OPEN, 3).path(utf8("/x"), Provenance.KERNEL, Integrity.CHANGED);

        assertThat(line(event, true, true)).contains("\u001b[1;31mCHANGED\u001b[0m");
    }

    @Test
    void colourChangesNothingElse() {
        RecordEncoder event = open("/etc/hosts");

        assertThat(line(event, true, true).replaceAll("\u001b\\[[0-9;]*m", "").stripTrailing())
                .isEqualTo(line(event).stripTrailing());
    }

    @Test
    void addressesAreReadable() {
        assertThat(line(connect("020000507f000001")))
                .contains(" connect 127.0.0.1:80 ")
                .contains(" fd 5 ");
        assertThat(line(connect("0a0001bb0000000020010db8000000000000000000000001")))
                .contains(" [2001:db8::1]:443 ");
        assertThat(line(connect("0a0001bb00000000fe80000000000000000000000000000102000000")))
                .contains(" [fe80::1%2]:443 ");
        assertThat(line(connect("01002f72756e2f78"))).contains(" unix:\"/run/x\" ");
        assertThat(line(connect("0100002f78"))).contains(" unix:@\"/x\" ");
        assertThat(line(connect("0100"))).contains(" unix:(unnamed) ");
        assertThat(line(connect("100000000100"))).contains(" AF_NETLINK:00000100 ");
        assertThat(line(connect(""))).contains(" (empty) ");
    }

    @Test
    void aRedirectedConnectShowsWhereItWent() {
        RecordEncoder event =
                connect("020000500a000001").socket(2, 1, 6, hex("0200c350c0a80001"), hex("02000051c0a80002"));

        assertThat(line(event)).endsWith(" → 192.168.0.2:81 from 192.168.0.1:50000\n");
    }

    @Test
    void noByteOfAnEventReachesTheTerminalUnseen() {
        for (int value = 0; value < 256; value++) {
            byte[] path = {'a', (byte) value, 'b'};
            String line = line(open(path).comm(path), false, false);

            assertThat(line.stripTrailing().chars().allMatch(c -> c >= 0x20 && c < 0x7f))
                    .as("byte %d: %s", value, line)
                    .isTrue();
        }
    }

    @Test
    void trickyCharactersAreEscapedAndOthersAreNot() {
        assertThat(line(open("/tmp/größe-日本"))).contains("\"/tmp/größe-日本\"");
        assertThat(line(open("/tmp/größe"), false, false)).contains("\"/tmp/gr\\xc3\\xb6\\xc3\\x9fe\"");
        assertThat(line(open("\u202e"))).contains("\"\\xe2\\x80\\xae\"");
        assertThat(line(open("\u200b"))).contains("\"\\xe2\\x80\\x8b\"");
        assertThat(line(open("\u009b2J"))).contains("\"\\xc2\\x9b2J\"");
        assertThat(line(open("\u001b[2J\n"))).contains("\"\\x1b[2J\\x0a\"");
    }

    @Test
    void aNameCannotPretendToBeTheNextColumn() {
        assertThat(line(open("/a\" O_RDWR = 3"))).contains("\"/a\\x22 O_RDWR = 3\"");
        assertThat(line(open("/a\\x22"))).contains("\"/a\\x5cx22\"");
        assertThat(line(failedOpen("/x").comm(utf8("a[1] open")))).contains(" a\\x5b1] open[4242] ");
    }

    @Test
    void durationsHaveAUnit() {
        assertThat(duration(0)).endsWith("    0ns\n");
        assertThat(duration(999)).endsWith("  999ns\n");
        assertThat(duration(1_000)).endsWith("  1.0µs\n");
        assertThat(duration(999_999)).endsWith("999.9µs\n");
        assertThat(duration(1_250_000)).endsWith("  1.2ms\n");
        assertThat(duration(61_000_000_000L)).endsWith("  61.0s\n");
    }

    private static String duration(long nanos) {
        return line(open("/x").call(EXIT_NANOS - nanos, EXIT_NANOS, 3));
    }

    private static String line(int columns, RecordEncoder event) {
        LineBuffer out = new LineBuffer(16);
        new TextEventWriter(JsonEventWriterTest.clock(), OpenFlagNames.X86, ZoneOffset.UTC, false, true, columns)
                .write(view(event), out);
        return out.toString();
    }

    private static String line(RecordEncoder event) {
        return line(event, false, true);
    }

    private static String line(RecordEncoder event, boolean colour, boolean utf8) {
        LineBuffer out = new LineBuffer(16);
        new TextEventWriter(JsonEventWriterTest.clock(), OpenFlagNames.X86, ZoneOffset.UTC, colour, utf8)
                .write(view(event), out);
        return out.toString();
    }
}
