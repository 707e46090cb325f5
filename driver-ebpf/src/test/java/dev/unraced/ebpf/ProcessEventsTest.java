// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs real programs, and compares what process events say of them with /proc and with what was run. The capture sees
 * all processes of the machine, and others may go on when the programs have ended.
 */
class ProcessEventsTest {
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final Pattern NAME = Pattern.compile(" name (\\S+)");

    @BeforeEach
    void need() {
        RealKernel.need();
    }

    /** Keeps the opens whose path has a part, each with the image that made it. */
    private static final class Watcher implements EventHandler {
        final Map<ProcessView.Type, Integer> types = new EnumMap<>(ProcessView.Type.class);
        final List<String> opens = new ArrayList<>();
        final List<ProcessImage> images = new ArrayList<>();
        private final String part;
        private long unknown;

        Watcher(String part) {
            this.part = part;
        }

        @Override
        public void onEvent(EventView event) {
            ProcessImage image = event.process().image();
            unknown += image == null ? 1 : 0;
            String path = event.isOpenLike() ? event.path().toByteString().toUtf8() : "";
            if (path.startsWith(part) && image != null) {
                opens.add(path);
                images.add(image);
            }
        }

        /** Returns for each open the last part of its path, and the arguments of the program that made it. */
        List<String> programs() {
            List<String> programs = new ArrayList<>();
            for (int i = 0; i < opens.size(); i++) {
                String name = opens.get(i).substring(part.length() + 1);
                programs.add(name + ": " + images.get(i).program().commandLine());
            }
            return programs;
        }

        @Override
        public void onProcess(ProcessView event) {
            types.merge(event.type(), 1, Integer::sum);
        }
    }

    @Test
    void eachCallHasTheProgramThatMadeIt(@TempDir Path directory) throws IOException, InterruptedException {
        Path script = directory.resolve("script");
        for (String name : List.of("first", "second", "third")) {
            Files.createFile(directory.resolve(name));
        }
        Files.writeString(script, "#!/bin/sh\n: < " + directory + "/first\nexec cat " + directory + "/second\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Watcher watcher = new Watcher(directory.toString());
        Watched watched = watch(watcher, "sh", "-c", script + " one two; : < " + directory + "/third");

        assertThat(watcher.types).containsKeys(ProcessView.Type.values());
        assertThat(watcher.types.values().stream().mapToLong(n -> n).sum())
                .isBetween(
                        watched.ended().processEvents() - watched.ended().totalLost(),
                        watched.read().processEvents());
        watched.assertWhole(watcher);
        assertThat(watcher.programs())
                .containsExactly(
                        "script: /bin/sh " + script + " one two",
                        "first: /bin/sh " + script + " one two",
                        "second: cat " + directory + "/second",
                        "third: sh -c " + script + " one two; : < " + directory + "/third");
        ProcessImage cat = watcher.images.get(2);
        assertThat(cat.ancestors().get(0).tgid())
                .as("the shell that started cat")
                .isEqualTo(watcher.images.get(3).tgid());
        assertThat(cat.ancestors())
                .as("this JVM is above it")
                .extracting(ancestor -> (long) ancestor.tgid())
                .contains(ProcessHandle.current().pid());
    }

    @Test
    void aCgroupInWhichNothingWasExecutedHasItsPath(@TempDir Path directory) throws IOException, InterruptedException {
        List<Path> mounts = Commands.run("findmnt", "-n", "-l", "-t", "cgroup2", "-o", "TARGET")
                .lines()
                .map(Path::of)
                .toList();
        assumeTrue(!mounts.isEmpty(), "no v2 hierarchy");
        Path made = Files.createTempDirectory(mounts.get(0), "unraced-");
        Path file = Files.createFile(directory.resolve("file"));
        List<String> cgroups = new ArrayList<>();
        EventHandler handler = event -> {
            if (event.isOpenLike() && event.path().toByteString().toUtf8().equals(file.toString())) {
                cgroups.add(String.valueOf(event.process().cgroup()));
            }
        };
        try {
            watch(handler, "sh", "-c", "echo $$ >" + made + "/cgroup.procs; : <" + file + "; : <" + file);
        } finally {
            Files.delete(made);
        }
        assertThat(cgroups).containsExactly("/" + made.getFileName(), "/" + made.getFileName());
    }

    @Test
    void whoDoesNotAskForThemPaysNothing() throws IOException, InterruptedException {
        assertThat(programsWith(true))
                .anyMatch(name -> name.startsWith("process_"))
                .contains("process_exec");
        assertThat(programsWith(false)).isNotEmpty().noneMatch(name -> name.startsWith("process_"));
    }

    /** Returns the names of the programs that an open capture holds. */
    private static List<String> programsWith(boolean processEvents) throws IOException, InterruptedException {
        Set<String> before = LeftBehindTest.heldBy(ProcessHandle.current().pid());
        try (Capture capture = Capture.open(CaptureConfig.builder()
                .driver("ebpf")
                .processEvents(processEvents)
                .build())) {
            assertThat(capture.processEvents()).isEqualTo(processEvents);
            Set<String> held = LeftBehindTest.heldBy(ProcessHandle.current().pid());
            held.removeAll(before);
            List<String> names = new ArrayList<>();
            for (String object : held) {
                if (object.startsWith("prog ")) {
                    Matcher name = NAME.matcher(
                            Commands.run("bpftool", "prog", "show", "id", object.substring("prog ".length())));
                    names.add(name.find() ? name.group(1) : object);
                }
            }
            return names;
        }
    }

    @Test
    void manyShortProcessesAreAllCountedAndForgotten() throws InterruptedException, IOException {
        int processes = 1_000;
        Watcher watcher = new Watcher("nowhere");
        Watched watched =
                watch(watcher, "sh", "-c", "i=0; while [ $i -lt " + processes + " ]; do /bin/true; i=$((i+1)); done");

        watched.assertWhole(watcher);
        assertThat(watcher.types.get(ProcessView.Type.EXEC) + watched.read().totalLost())
                .isGreaterThanOrEqualTo(processes);
        assertThat(watched.known()).isLessThan(ProcessTable.REMEMBERED + processes);
    }

    /**
     * The statistics of a capture.
     *
     * @param ended those of when the command had ended
     * @param read those of when all its events were read
     * @param known the processes that its table knows
     */
    private record Watched(CaptureStats ended, CaptureStats read, int known) {
        void assertWhole(Watcher watcher) {
            assertThat(ended.imbalance()).as("%s", ended).isZero();
            // An event that was lost on a busy machine may have named the program.
            if (read.totalLost() == 0) {
                assertThat(watcher.unknown).as("calls without a program").isZero();
            }
        }
    }

    private static Watched watch(EventHandler watcher, String... command) throws IOException, InterruptedException {
        try (Capture capture = Capture.open(
                CaptureConfig.builder().driver("ebpf").processEvents(true).build())) {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            while (process.isAlive()) {
                capture.await(watcher, 4096, WAIT);
            }
            process.waitFor();
            CaptureStats ended = capture.stats();
            for (long last = ended.delivered() + ended.pending();
                    capture.stats().delivered() < last; ) {
                capture.await(watcher, 4096, WAIT);
            }
            ProcessTable table = Objects.requireNonNull(capture.processTable());
            return new Watched(ended, capture.stats(), table.known());
        }
    }
}
