// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.event.ByteString;
import dev.unraced.event.Mitigation;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checks what is particular to filters in maps: nested starts of paths, and room for them. */
@Timeout(60)
class LiveFiltersTest {
    /** More than the maps have room for beside those with which the capture opens. */
    private static final int TOO_MANY = 2_000;

    @TempDir
    private Path directory;

    @BeforeEach
    void needDriver() {
        RealKernel.need();
    }

    private Capture open() {
        return Capture.open(CaptureConfig.builder()
                .driver(EbpfDriver.NAME)
                .mitigation(Mitigation.STASH)
                .observeSelf(true)
                .tgids((int) ProcessHandle.current().pid()));
    }

    @Test
    void aLongerStartOfOneChangeDoesNotHideAShorterOneOfAnother() {
        try (Capture capture = open()) {
            List<List<String>> changes =
                    List.of(List.of("a"), List.of("a/b/c"), List.of("a/b"), List.of("a/b/c/d", "x"), List.of("x", "a"));
            for (int round = 0; round < 4; round++) {
                for (List<String> starts : changes) {
                    capture.filterBy(paths(capture.filters(), starts));
                    for (String name : List.of("a/1", "a/b/1", "a/b/c/1", "a/b/c/d/1", "x/1", "y/1")) {
                        assertThat(isTold(capture, name))
                                .as("%s by %s", name, starts)
                                .isEqualTo(starts.stream().anyMatch(name::startsWith));
                    }
                }
            }
            assertThat(capture.stats().imbalance()).isZero();
        }
    }

    @Test
    void whatHasNoRoomIsRefusedAndTheOldestFiltersMakeRoom() {
        try (Capture capture = open()) {
            EventFilters before = capture.filters();
            EventFilters tooMany = paths(
                    before, IntStream.range(0, TOO_MANY).mapToObj(i -> "p" + i).toList());
            assertThatThrownBy(() -> capture.filterBy(tooMany))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("no room")
                    .hasMessageContaining("paths");
            assertThat(capture.filters()).isEqualTo(before);
            assertThat(isTold(capture, "a")).isTrue();

            for (int round = 0; round < 20; round++) {
                String own = "own" + round;
                List<String> many = new ArrayList<>(List.of(own));
                for (int i = 0; i < 300; i++) {
                    many.add("p" + round + "-" + i);
                }
                capture.filterBy(paths(before, many));
                assertThat(isTold(capture, own)).as(own).isTrue();
                assertThat(isTold(capture, "own" + (round + 1))).isFalse();
            }
            capture.filterBy(before);
            assertThat(isTold(capture, "a")).isTrue();
        }
    }

    @Test
    void everyFilterByNumberChanges() {
        try (Capture capture = open()) {
            EventFilters all = capture.filters();
            Set<String> shell = Set.of("/bin/sh");
            Set<Long> others =
                    LongStream.range(1L << 30, (1L << 30) + 500).boxed().collect(Collectors.toSet());
            List<EventFilters> none = List.of(
                    new EventFilters(Set.of(1), all.uids(), Set.of(), Set.of(), Set.of(), List.of(), ResultFilter.ALL),
                    new EventFilters(all.tgids(), others, Set.of(), Set.of(), Set.of(), List.of(), ResultFilter.ALL),
                    new EventFilters(all.tgids(), Set.of(), others, Set.of(), Set.of(), List.of(), ResultFilter.ALL),
                    new EventFilters(all.tgids(), Set.of(), Set.of(), others, Set.of(), List.of(), ResultFilter.ALL),
                    new EventFilters(all.tgids(), Set.of(), Set.of(), Set.of(), shell, List.of(), ResultFilter.ALL),
                    new EventFilters(
                            all.tgids(), Set.of(), Set.of(), Set.of(), Set.of(), List.of(), ResultFilter.SUCCEEDED));
            for (int round = 0; round < 3; round++) {
                for (EventFilters filters : none) {
                    capture.filterBy(filters);
                    assertThat(isTold(capture, "a")).as(filters.toString()).isFalse();
                    capture.filterBy(all);
                    assertThat(isTold(capture, "a")).as("after %s", filters).isTrue();
                }
            }
        }
    }

    private EventFilters paths(EventFilters all, List<String> starts) {
        List<ByteString> paths = starts.stream()
                .map(start -> ByteString.utf8(directory.resolve(start).toString()))
                .toList();
        return new EventFilters(
                all.tgids(), all.uids(), all.cgroups(), all.mountNamespaces(), all.executables(), paths, all.result());
    }

    /** Opens a file that is not there, and returns whether there is an event of it. */
    private boolean isTold(Capture capture, String name) {
        String path = directory.resolve(name).toString();
        try (FileInputStream in = new FileInputStream(path)) {
            throw new IllegalStateException(path + " is there: " + in);
        } catch (IOException e) {
            List<String> told = new ArrayList<>();
            long pending = capture.stats().pending();
            while (pending > 0) {
                pending -= capture.await(event -> told.add(event.path().toString()), 64, 1_000_000_000);
            }
            return told.contains(path);
        }
    }
}
