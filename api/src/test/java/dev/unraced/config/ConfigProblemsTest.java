// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigProblemsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "driver         | ''           | driver = \"\" (builder) is empty; allowed: auto alone, or one or more names of drivers",
                "driver         | ebpf,auto    | driver = \"ebpf,auto\" (builder) has auto among names; allowed: auto alone, or one or more names of drivers",
                "auto           | ,            | auto = [] (builder) is empty; allowed: one or more names of drivers",
                "auto           | auto,ebpf    | auto = [auto, ebpf] (builder) has itself in it; allowed: one or more names of drivers",
                "mitigation     | kernle       | mitigation = kernle (builder) is none of them, the nearest is kernel; allowed: off, stash, kernel",
                "mitigation     | STASHES      | mitigation = STASHES (builder) is none of them, the nearest is stash; allowed: off, stash, kernel",
                "syscalls       | open,opanat  | syscalls = [open, opanat] (builder) has opanat, the nearest is openat; allowed: open, openat, openat2, creat, connect",
                "syscalls       | ''           | syscalls = [] (builder) is empty; allowed: one or more of open, openat, openat2, creat, connect",
                "observe-self   | maybe        | observe-self = maybe (builder) is neither true nor false; allowed: true, false",
                "filter.tgids   | 1,0          | filter.tgids = [1, 0] (builder) has 0, not a whole number in range; allowed: 1 to 2147483647",
                "filter.uids    | 4294967295   | filter.uids = [4294967295] (builder) has 4294967295, not a whole number in range; allowed: 0 to 4294967294",
                "filter.cgroups | root         | filter.cgroups = [root] (builder) has root, not a whole number in range; allowed: 1 to 9223372036854775807",
                "filter.mount-namespaces | 4294967296 | filter.mount-namespaces = [4294967296] (builder) has 4294967296, not a whole number in range; allowed: 1 to 4294967295",
                "filter.result  | fails        | filter.result = fails (builder) is none of them, the nearest is failed; allowed: all, failed, succeeded",
                "enter-events   | maybe        | enter-events = maybe (builder) is neither true nor false; allowed: true, false",
                "ring-bytes     | lots         | ring-bytes = lots (builder) is not a size; allowed: a power of two from 64KiB to 512MiB",
                "ring-bytes     | 32KiB        | ring-bytes = 32KiB (builder) is out of range; allowed: a power of two from 64KiB to 512MiB",
                "ring-bytes     | 1GiB         | ring-bytes = 1GiB (builder) is out of range; allowed: a power of two from 64KiB to 512MiB",
                "ring-bytes     | 99999999TiB  | ring-bytes = 99999999TiB (builder) is out of range; allowed: a power of two from 64KiB to 512MiB",
                "ring-bytes     | 48MiB        | ring-bytes = 48MiB (builder) is not a power of two, the nearest are 32MiB and 64MiB; allowed: a power of two from 64KiB to 512MiB",
                "ring-bytes     | 1000k        | ring-bytes = 1000k (builder) is not a power of two, the nearest are 512KiB and 1MiB; allowed: a power of two from 64KiB to 512MiB",
                "stash.entries  | 1048577      | stash.entries = 1048577 (builder) is not a whole number in range; allowed: 1 to 1048576",
                "stash.entries  | 1.5          | stash.entries = 1.5 (builder) is not a whole number in range; allowed: 1 to 1048576",
                "stash.long-paths | 65537      | stash.long-paths = 65537 (builder) is not a whole number in range; allowed: 1 to 65536",
                "ebpf.batch     | many         | ebpf.batch = many (builder) is not a number; allowed: a number such as 64",
                "ebpf.verbose   | 2            | ebpf.verbose = 2 (builder) is not a boolean; allowed: a boolean such as false",
            })
    void aValueThatDoesNotFit(String key, String value, String problem) {
        assertThat(Layers.problems(new Layers().builder().set(key, value))).containsExactly("unraced." + problem);
    }

    @Test
    void valuesOfTheWrongKind() {
        assertThat(Layers.problems(new Layers()
                        .builder()
                        .set("ring-bytes", List.of(1))
                        .set("mitigation", Map.of("mode", "off"))
                        .set("syscalls", 5)
                        .set("filter.uids", List.of(List.of(1)))
                        .set("ebpf.libbpf", List.of())
                        .set("ebpf.hooks", 1)
                        .set("stash.entries", Thread.currentThread())))
                .containsExactly(
                        "unraced.stash.entries (builder) is a java.lang.Thread; "
                                + "allowed: text, a number, true, false, or a list of them",
                        "unraced.mitigation = {\"mode\":\"off\"} (builder) is not a text; allowed: off, stash, kernel",
                        "unraced.syscalls = 5 (builder) is not a list of plain values; "
                                + "allowed: one or more of open, openat, openat2, creat, connect",
                        "unraced.filter.uids = [[1]] (builder) is not a list of plain values; "
                                + "allowed: a list of numbers, 0 to 4294967294",
                        "unraced.ring-bytes = [1] (builder) is not a size; "
                                + "allowed: a power of two from 64KiB to 512MiB",
                        "unraced.ebpf.hooks = 1 (builder) is not a list; "
                                + "allowed: a list such as [trampoline, tracepoint]",
                        "unraced.ebpf.libbpf = [] (builder) is not a string; allowed: a string such as libbpf.so.1");
    }

    @Test
    void unknownKeysNameTheNearestAndTheirOrigin() {
        Layers layers = new Layers().variable("UNRACED_STASH_LONGPATHS", "1").property("unraced.filter.tgid", "1");
        assertThat(Layers.problems(layers.builder().set("ring-byte", 1).set("unraced.ebpf.libpbf", "x")))
                .containsExactly(
                        "UNRACED_STASH_LONGPATHS (environment variable): no such key, the nearest is UNRACED_STASH_LONG_PATHS",
                        "unraced.filter.tgid (system property): no such key, the nearest is unraced.filter.tgids",
                        "ring-byte (builder): no such key, the nearest is unraced.ring-bytes",
                        "unraced.ebpf.libpbf (builder): no such key, the nearest is unraced.ebpf.libbpf");
    }

    @Test
    void nothingIsProposedForWhatIsLikeNoKey() {
        Layers layers = new Layers().variable("UNRACED_FOO", "1").property("unraced.bar", "1");
        assertThat(Layers.problems(layers.builder().set("foo", "x").set("unraced.ebpf.frobnicate", "x")))
                .containsExactly(
                        "UNRACED_FOO (environment variable): no such key, nor one like it; 'unraced config' lists all",
                        "unraced.bar (system property): no such key, nor one like it; 'unraced config' lists all",
                        "foo (builder): no such key, nor one like it; 'unraced config' lists all",
                        "unraced.ebpf.frobnicate (builder): no such key, nor one like it; 'unraced config' lists all");
    }

    @Test
    void whoFilledTheBuilderIsNamed() {
        assertThat(Layers.problems(new Layers()
                        .builder()
                        .origin("command line")
                        .set("foo", "x")
                        .set("unraced.mitigation", "stahs")
                        .file(Path.of("/nowhere/unraced.conf"))))
                .containsExactly(
                        "file /nowhere/unraced.conf (command line): no such file",
                        "foo (command line): no such key, nor one like it; 'unraced config' lists all",
                        "unraced.mitigation = stahs (command line) is none of them, the nearest is stash; "
                                + "allowed: off, stash, kernel");
    }

    @Test
    void valuesNameTheirOrigin() {
        Layers layers = new Layers().variable("UNRACED_MITIGATION", "stahs").property("unraced.stash.entries", "0");
        assertThat(layers.problems())
                .containsExactly(
                        "unraced.mitigation = stahs (environment variable UNRACED_MITIGATION) is none of them, "
                                + "the nearest is stash; allowed: off, stash, kernel",
                        "unraced.stash.entries = 0 (system property unraced.stash.entries) "
                                + "is not a whole number in range; allowed: 1 to 1048576");
    }

    @Test
    void allProblemsStandInOneNumberedMessage() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(new Layers().builder().set("nonsense", 1).stashEntries(0)::build)
                .isInstanceOf(IllegalArgumentException.class)
                .withMessageStartingWith("The configuration is invalid:\n1) nonsense (builder): no such key, ")
                .withMessageContaining("\n2) unraced.stash.entries = 0 (builder) ");
    }

    @Test
    void whatCouldUpsetATerminalIsEscaped() {
        Layers layers =
                new Layers().variable("UNRACED_\u001b[2J", "").property("unraced.mitigation", "\u001b[2J\n1) fake");
        assertThat(layers.problems())
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).doesNotContain("\u001b", "\n"));
    }

    @Test
    void defaultsThatCannotBeReadAreAnErrorOfTheSameKind() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> ConfigLoader.reference(ClassLoader.getPlatformClassLoader()))
                .withMessageContaining("the defaults cannot be read: ");
    }

    @Test
    void twoKeysMustNotShareAVariable() {
        var reference = ConfigFactory.parseString("unraced { a-b = 1, a { b = 2 } }");
        var loader = new ConfigLoader(Map.of(), new Properties(), Path.of("/nonexistent"), reference);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> loader.load(Map.of(), null, "builder", null))
                .withMessage("unraced.a-b and unraced.a.b share the environment variable UNRACED_A_B");
    }
}
