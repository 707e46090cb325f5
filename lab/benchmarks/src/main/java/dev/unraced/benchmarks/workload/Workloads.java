// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import dev.unraced.benchmarks.measure.Refused;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** The workloads by name. */
public final class Workloads {
    private static final int LONGEST_NAME = 255;
    /** The bytes of a long path; the kernel takes 4,095. */
    private static final int LONG_PATH = 4_000;

    public static final String OPEN = "open";

    /** The shortest path, in bytes, that a file in a temporary folder is sure to fit into. */
    public static final int SHORT_PATH = 40;

    private Workloads() {}

    /** Sets up a workload. */
    @FunctionalInterface
    public interface Maker {
        Workload make() throws IOException, InterruptedException, Refused;
    }

    /** All workloads, the shortest first. */
    public static final Map<String, Maker> ALL = all();

    private static Map<String, Maker> all() {
        Map<String, Maker> all = new LinkedHashMap<>();
        all.put(OPEN, () -> open("/etc/hostname"));
        all.put("open-255", () -> new DeepFile("open-255", LONGEST_NAME, 150_000));
        all.put("open-4000", () -> new DeepFile("open-4000", LONG_PATH, 50_000));
        all.put(
                "open-missing",
                () -> new Calls("open-missing", "openat that fails", 200_000, "open", "/etc/there-is-no-such-file"));
        all.put("connect", () -> new Calls("connect", "socket, connect on loopback, close", 20_000, "connect"));
        all.put("getppid", () -> new Calls("getppid", "an unwatched call", 2_000_000, "getppid"));
        all.put("exec", () -> new Calls("exec", "exec and exit of /bin/true", 1_000, "exec"));
        all.put("compile", CompileWorkload::new);
        all.put("redis", RedisWorkload::new);
        all.put("nginx", NginxWorkload::new);
        return all;
    }

    /** Opens an existing file. */
    public static Workload open(String path) throws IOException {
        return new Calls(OPEN, "openat+close of " + path, 200_000, "open", path);
    }

    /** Opens a file whose absolute path has this many bytes. */
    public static Workload openOfLength(int bytes) throws IOException {
        return new DeepFile("open-" + bytes, bytes, 100_000);
    }

    /** A workload of calls in a native loop. */
    private static final class Calls implements Workload {
        private final String name;
        private final String round;
        private final long rounds;
        private final List<String> kind;
        private final CallLoop loop = new CallLoop();

        Calls(String name, String round, long rounds, String... kind) throws IOException {
            this.name = name;
            this.round = round;
            this.rounds = rounds;
            this.kind = List.of(kind);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String round() {
            return round;
        }

        @Override
        public long rounds() {
            return rounds;
        }

        @Override
        public CallLoop.Time run(long count, int loops, LongConsumer pids) throws IOException, InterruptedException {
            return loop.run(new CallLoop.Plan(kind, count, 0, loops), pids);
        }

        @Override
        public void close() throws IOException {
            loop.close();
        }
    }

    /** A workload that opens a file whose path has a certain length. */
    private static final class DeepFile implements Workload {
        private final DeepPath path;
        private final Calls calls;

        DeepFile(String name, int length, long rounds) throws IOException {
            path = DeepPath.create(length);
            calls = new Calls(
                    name,
                    "openat+close, path of " + length + " bytes",
                    rounds,
                    "open",
                    path.file().toString());
        }

        @Override
        public String name() {
            return calls.name();
        }

        @Override
        public String round() {
            return calls.round();
        }

        @Override
        public long rounds() {
            return calls.rounds();
        }

        @Override
        public CallLoop.Time run(long count, int loops, LongConsumer pids) throws IOException, InterruptedException {
            return calls.run(count, loops, pids);
        }

        @Override
        public void close() throws IOException {
            calls.close();
            path.close();
        }
    }
}
