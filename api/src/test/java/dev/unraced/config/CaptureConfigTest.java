// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unraced.event.ByteString;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptureConfigTest {

    @Test
    void defaults() {
        CaptureConfig config = new Layers().load();
        assertThat(config.drivers()).containsExactly("ebpf");
        assertThat(config.isAuto()).isTrue();
        assertThat(config.mitigation()).isEqualTo(Mitigation.STASH);
        assertThat(config.integrity()).isTrue();
        assertThat(config.syscalls()).isEqualTo(EnumSet.allOf(Syscall.class));
        assertThat(config.observeSelf()).isFalse();
        assertThat(config.filters().tgids()).isEmpty();
        assertThat(config.filters().uids()).isEmpty();
        assertThat(config.filters().cgroups()).isEmpty();
        assertThat(config.filters()).isEqualTo(EventFilters.NONE);
        assertThat(config.enterEvents()).isFalse();
        assertThat(config.ringBytes()).isEqualTo(32 << 20);
        assertThat(config.stashEntries()).isEqualTo(8192);
        assertThat(config.stashLongPaths()).isEqualTo(256);
    }

    @Test
    void wordsAndSwitchesHaveAnyCase() {
        CaptureConfig config = new Layers()
                .builder()
                .set("driver", "Auto")
                .set("mitigation", "KERNEL")
                .set("syscalls", "OpenAt,CONNECT")
                .set("filter.result", "Failed")
                .set("observe-self", "ON")
                .set("enter-events", "True")
                .set("ebpf.verbose", "Yes")
                .build();
        assertThat(config.isAuto()).isTrue();
        assertThat(config.mitigation()).isEqualTo(Mitigation.KERNEL);
        assertThat(config.syscalls()).containsExactlyInAnyOrder(Syscall.OPENAT, Syscall.CONNECT);
        assertThat(config.filters().result()).isEqualTo(ResultFilter.FAILED);
        assertThat(config.observeSelf()).isTrue();
        assertThat(config.enterEvents()).isTrue();
        assertThat(config.section("ebpf").flag("verbose")).isTrue();
    }

    @Test
    void theProcessItselfHasDefaults() {
        assertThat(CaptureConfig.load().drivers()).isNotEmpty();
    }

    @Test
    void everySetterOfTheBuilder() {
        CaptureConfig config = new Layers()
                .builder()
                .driver("kmod", "ebpf")
                .mitigation(Mitigation.KERNEL)
                .integrity(false)
                .syscalls(Syscall.CONNECT, Syscall.OPEN)
                .observeSelf(true)
                .tgids(1, Integer.MAX_VALUE)
                .uids(0, 4_294_967_294L)
                .cgroups(1, Long.MAX_VALUE)
                .mountNamespaces(0xffff_ffffL)
                .paths("/etc/", "/a,b")
                .result(ResultFilter.FAILED)
                .enterEvents(true)
                .ringBytes(512 << 20)
                .stashEntries(1 << 20)
                .stashLongPaths(1 << 16)
                .set("unraced.ebpf.batch", 8)
                .build();
        assertThat(config.drivers()).containsExactly("kmod", "ebpf");
        assertThat(config.isAuto()).isFalse();
        assertThat(config.mitigation()).isEqualTo(Mitigation.KERNEL);
        assertThat(config.integrity()).isFalse();
        assertThat(config.syscalls()).containsExactly(Syscall.OPEN, Syscall.CONNECT);
        assertThat(config.observeSelf()).isTrue();
        assertThat(config.filters().tgids()).containsExactlyInAnyOrder(1, Integer.MAX_VALUE);
        assertThat(config.filters().uids()).containsExactly(0L, 4_294_967_294L);
        assertThat(config.filters().cgroups()).containsExactly(1L, Long.MAX_VALUE);
        assertThat(config.filters().mountNamespaces()).containsExactly(0xffff_ffffL);
        assertThat(config.filters().paths()).containsExactly(ByteString.utf8("/etc/"), ByteString.utf8("/a,b"));
        assertThat(config.filters().result()).isEqualTo(ResultFilter.FAILED);
        assertThat(config.enterEvents()).isTrue();
        assertThat(config.ringBytes()).isEqualTo(512 << 20);
        assertThat(config.stashEntries()).isEqualTo(1 << 20);
        assertThat(config.stashLongPaths()).isEqualTo(1 << 16);
        assertThat(config.section("ebpf").integer("batch")).isEqualTo(8);
    }

    @Test
    void aLaterSettingReplacesAnEarlierOneInAnySpelling() {
        CaptureConfig config = new Layers()
                .builder()
                .syscalls(Syscall.OPEN)
                .syscalls(Syscall.CREAT)
                .set("ring-bytes", "1MiB")
                .ringBytes(2 << 20)
                .set("ring-bytes", "4MiB")
                .build();
        assertThat(config.syscalls()).containsExactly(Syscall.CREAT);
        assertThat(config.ringBytes()).isEqualTo(4 << 20);
    }

    @Test
    void textWithCommasIsAListInEnvironmentPropertiesAndBuilder() {
        CaptureConfig config = new Layers()
                .variable("UNRACED_SYSCALLS", "open, connect")
                .property("unraced.filter.tgids", "7,8,,7")
                .property("unraced.filter.uids", "")
                .variable("UNRACED_EBPF_HOOKS", "tracepoint")
                .builder()
                .set("driver", "kmod,ebpf")
                .build();
        assertThat(config.syscalls()).containsExactly(Syscall.OPEN, Syscall.CONNECT);
        assertThat(config.filters().tgids()).containsExactlyInAnyOrder(7, 8);
        assertThat(config.filters().uids()).isEmpty();
        assertThat(config.drivers()).containsExactly("kmod", "ebpf");
        assertThat(config.section("ebpf").strings("hooks")).containsExactly("tracepoint");
    }

    @Test
    void autoStandsForAListThatCanBeSet() {
        CaptureConfig config = new Layers()
                .property("unraced.auto", "kmod,sim")
                .builder()
                .driver("auto")
                .build();
        assertThat(config.drivers()).containsExactly("kmod", "sim");
        assertThat(config.isAuto()).isTrue();
    }

    @Test
    void aDriverGetsItsSectionAlone() {
        ConfigSection section = new Layers().load().section("ebpf");
        assertThat(section.string("libbpf")).isEqualTo("libbpf.so.1");
        assertThat(section.has("token")).isFalse();
        assertThat(section.keys()).containsExactly("batch", "hooks", "libbpf", "verbose");
    }

    @Test
    void aPathOfASectionIsReadOrIsAProblem() {
        List<String> problems = new ArrayList<>();
        assertThat(withLibrary("/opt/libbpf.so").path("libbpf", problems)).contains(Path.of("/opt/libbpf.so"));
        assertThat(withLibrary("").path("libbpf", problems)).isEmpty();
        assertThat(problems).isEmpty();

        assertThat(withLibrary("/opt/\0").path("libbpf", problems)).isEmpty();
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("unraced.ebpf.libbpf = \"/opt/\\u0000\" (builder) is no path (Nul character not allowed);"
                        + " allowed: a path without NUL");
    }

    private static ConfigSection withLibrary(String libbpf) {
        return new Layers().builder().set("ebpf.libbpf", libbpf).build().section("ebpf");
    }

    @Test
    void aDriverWithoutASectionGetsAnEmptyOne() {
        assertThat(new Layers().load().section("eb").keys()).isEmpty();
        assertThat(new Layers().load().section("no such.driver").keys()).isEmpty();
    }

    @Test
    void settingsSayWhereTheyComeFrom() {
        List<Setting> settings = new Layers()
                .variable("UNRACED_SYSCALLS", "open,creat")
                .property("unraced.mitigation", "off")
                .builder()
                .stashEntries(16)
                .set("ebpf.libbpf", "evil\u001b[2J")
                .build()
                .settings();
        assertThat(settings).extracting(Setting::key).isSorted();
        assertThat(settings)
                .contains(
                        new Setting("unraced.driver", "auto", "default"),
                        new Setting("unraced.ring-bytes", "32MiB", "default"),
                        new Setting("unraced.filter.uids", "[]", "default"),
                        new Setting("unraced.mitigation", "off", "system property unraced.mitigation"),
                        new Setting("unraced.syscalls", "[open, creat]", "environment variable UNRACED_SYSCALLS"),
                        new Setting("unraced.stash.entries", "16", "builder"),
                        new Setting("unraced.ebpf.libbpf", "\"evil\\u001b[2J\"", "builder"));
    }

    @Test
    void valuesCannotBeChangedFromOutside() {
        CaptureConfig config = new Layers().builder().uids(1).build();
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> config.syscalls().clear());
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> config.filters().uids().clear());
    }
}
