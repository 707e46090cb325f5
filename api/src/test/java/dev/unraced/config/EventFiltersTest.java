// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.ByteString;
import dev.unraced.event.Feature;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventFiltersTest {

    @Test
    void pathsAreComparedFromTheirStart() {
        EventFilters filters =
                new Layers().builder().paths("/etc/", "/srv").build().filters();

        assertThat(accepts(filters, "/etc/passwd")).isTrue();
        assertThat(accepts(filters, "/srvX")).isTrue();
        assertThat(accepts(filters, "/etc")).isFalse();
        assertThat(accepts(filters, "etc/passwd")).isFalse();
        assertThat(accepts(filters, "")).isFalse();
        assertThat(accepts(EventFilters.NONE, "")).isTrue();
    }

    @Test
    void eachFilterIsACapabilityOfItsOwn() {
        assertThat(EventFilters.NONE.needs()).isEmpty();
        assertThat(needs(new Layers().builder().tgids(1))).containsExactly(Feature.FILTER_THREAD_GROUP);
        assertThat(needs(new Layers().builder().uids(0))).containsExactly(Feature.FILTER_USER);
        assertThat(needs(new Layers().builder().cgroups(1))).containsExactly(Feature.FILTER_CGROUP);
        assertThat(needs(new Layers().builder().mountNamespaces(1))).containsExactly(Feature.FILTER_MOUNT_NAMESPACE);
        assertThat(needs(new Layers().builder().executables("/bin/sh"))).containsExactly(Feature.FILTER_EXECUTABLE);
        assertThat(needs(new Layers().builder().paths("/etc").result(ResultFilter.FAILED)))
                .containsExactly(Feature.FILTER_PATH, Feature.FILTER_RESULT);
    }

    @Test
    void valuesThatNoCallerHasAreRefused() {
        assertThatThrownBy(() -> filters(Set.of(0), Set.of(), Set.of(), Set.of(), ""))
                .hasMessageContaining("thread group 0");
        assertThatThrownBy(() -> filters(Set.of(), Set.of(0xFFFF_FFFFL), Set.of(), Set.of(), "/"))
                .hasMessageContaining("user 4294967295");
        assertThatThrownBy(() -> filters(Set.of(), Set.of(), Set.of(-1L), Set.of(), "/"))
                .hasMessageContaining("cgroup -1");
        assertThatThrownBy(() -> filters(Set.of(), Set.of(), Set.of(), Set.of(1L << 32), "/"))
                .hasMessageContaining("mount namespace 4294967296");
        assertThatThrownBy(() -> filters(Set.of(), Set.of(), Set.of(), Set.of(), ""))
                .hasMessageContaining("length of 0");
        assertThatThrownBy(() -> filters(Set.of(), Set.of(), Set.of(), Set.of(), "x".repeat(257)))
                .hasMessageContaining("length of 257");
    }

    @Test
    void anExecutableIsAnAbsolutePath() {
        assertThat(new Layers()
                        .builder()
                        .executables("/bin/sh", "/bin/sh")
                        .build()
                        .filters()
                        .executables())
                .containsExactly("/bin/sh");
        assertThat(Layers.problems(new Layers().builder().executables("/bin/sh", "sh")))
                .singleElement()
                .asString()
                .contains("has sh", "allowed: a list of absolute paths");
        for (String path : List.of("sh", "", "/bin/\0")) {
            assertThatThrownBy(() -> new EventFilters(
                            Set.of(), Set.of(), Set.of(), Set.of(), Set.of(path), List.of(), ResultFilter.ALL))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("executable " + path);
        }
    }

    private static EventFilters filters(
            Set<Integer> tgids, Set<Long> uids, Set<Long> cgroups, Set<Long> namespaces, String path) {
        return new EventFilters(
                tgids, uids, cgroups, namespaces, Set.of(), List.of(ByteString.utf8(path)), ResultFilter.ALL);
    }

    private static Set<Feature> needs(CaptureConfigBuilder builder) {
        return builder.build().filters().needs();
    }

    @Test
    void bytesBehindThePathDoNotCount() {
        EventFilters filters = new Layers().builder().paths("/etc/").build().filters();

        assertThat(filters.acceptsPath("/etc/".getBytes(StandardCharsets.US_ASCII), 4))
                .isFalse();
    }

    @Test
    void aStartIsNeitherEmptyNorLongerThanTheKernelTakes() {
        String longest = "x".repeat(EventFilters.MAX_PATH);
        assertThat(new Layers().builder().paths(longest).build().filters().paths())
                .hasSize(1);
        assertThat(Layers.problems(new Layers().builder().paths(longest + "x")))
                .singleElement()
                .asString()
                .contains("of 257 bytes; allowed: a list of prefixes of 1 to 256 bytes");
        assertThat(Layers.problems(new Layers().builder().set("filter.paths", List.of(""))))
                .singleElement()
                .asString()
                .contains("of 0 bytes");
    }

    @Test
    void aPrefixHasNoWildcards() {
        assertThat(Layers.problems(new Layers().builder().paths("/etc/*")))
                .singleElement()
                .asString()
                .contains("/etc/*", "with a *", "a list of prefixes");
    }

    @Test
    void eachResultFilterAcceptsItsOwn() {
        assertThat(ResultFilter.ALL.accepts(true)).isTrue();
        assertThat(ResultFilter.ALL.accepts(false)).isTrue();
        assertThat(ResultFilter.FAILED.accepts(true)).isTrue();
        assertThat(ResultFilter.FAILED.accepts(false)).isFalse();
        assertThat(ResultFilter.SUCCEEDED.accepts(true)).isFalse();
        assertThat(ResultFilter.SUCCEEDED.accepts(false)).isTrue();
    }

    private static boolean accepts(EventFilters filters, String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        return filters.acceptsPath(bytes, bytes.length);
    }
}
