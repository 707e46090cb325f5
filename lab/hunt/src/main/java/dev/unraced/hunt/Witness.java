// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.natives.NativePart;
import dev.unraced.natives.NativePartException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The process whose BPF programs see acts within the kernel: the file of each open, and the address of each connect. It
 * exists only where the kernel lets fexit programs attach. Not thread-safe.
 */
final class Witness implements AutoCloseable {
    private static final String NAME = "unraced-witness";
    private static final int OPENED = 1;
    private static final int INSTALLED = 2;
    private static final int CONNECTED = 3;
    private static final int REQUESTED = 4;
    private static final int PATIENCE_SECONDS = 5;

    private final Process process;
    private final OutputStream commands;
    private final BufferedReader replies;
    private long missed;

    private Witness(Process process, BufferedReader replies) {
        this.process = process;
        this.commands = process.getOutputStream();
        this.replies = replies;
    }

    /** Starts a witness; empty where the kernel does not let it attach, or this build has none. */
    static Optional<Witness> start() {
        NativePart part = NativePart.of(Witness.class, NAME);
        if (!part.isPresent()) {
            return Optional.empty();
        }
        try {
            return part.use(program -> started(new ProcessBuilder(program.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()));
        } catch (NativePartException e) {
            return Optional.empty();
        }
    }

    private static Optional<Witness> started(Process process) throws IOException {
        BufferedReader replies =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        return "ready".equals(replies.readLine()) ? Optional.of(new Witness(process, replies)) : Optional.empty();
    }

    /**
     * Adds to each act of a log what the witness saw of it: the inode of the file, and the namespace in which the
     * kernel looked for it, or the address of the connect. A call that does not have exactly one record gets nothing.
     */
    void testify(ActLog log) {
        List<LogLine> records = records();
        Map<List<Integer>, NavigableMap<Long, List<LogLine>>> ofThreads = new HashMap<>();
        for (LogLine line : records) {
            ofThreads
                    .computeIfAbsent(List.of(line.integer("t"), line.integer("k")), thread -> new TreeMap<>())
                    .computeIfAbsent(line.number("b"), time -> new ArrayList<>(1))
                    .add(line);
        }
        Map<Long, LogLine> ofRequests = ofRequests(records);
        for (Act act : log.acts()) {
            int kind = act.isConnect() ? CONNECTED : OPENED;
            Optional<LogLine> seen = act.isRequest()
                    ? Optional.ofNullable(ofRequests.get(act.line().number("ud")))
                            .filter(line -> line.integer("k") == kind)
                    : only(ofThreads.get(List.of(act.tid(), kind)), act);
            seen.ifPresent(line -> {
                act.line().values().put("seen", line.text(act.isConnect() ? "to" : "ino"));
                act.line().values().put("seen-ns", line.text("ns"));
            });
        }
    }

    private static Optional<LogLine> only(@Nullable NavigableMap<Long, List<LogLine>> ofThread, Act act) {
        if (ofThread == null) {
            return Optional.empty();
        }
        List<LogLine> seen = ofThread.subMap(act.begin(), true, act.end(), true).values().stream()
                .flatMap(List::stream)
                .limit(2)
                .toList();
        return seen.size() == 1 ? Optional.of(seen.get(0)) : Optional.empty();
    }

    /**
     * Finds the open or connect that carried each request out: the last one of its thread before the request's record.
     */
    static Map<Long, LogLine> ofRequests(List<LogLine> records) {
        List<LogLine> sorted = new ArrayList<>(records);
        sorted.sort(Comparator.comparingLong(line -> line.number("b")));
        Map<Integer, LogLine> last = new HashMap<>();
        Map<Long, LogLine> found = new HashMap<>();
        for (LogLine line : sorted) {
            int kind = line.integer("k");
            if (kind == REQUESTED) {
                LogLine act = last.remove(line.integer("t"));
                if (act != null) {
                    found.put(line.number("ud"), act);
                }
            } else if (kind != INSTALLED) {
                last.put(line.integer("t"), line);
            }
        }
        return found;
    }

    /**
     * Returns the number of records that found no room since the witness started. Acts without testimony are judged by
     * their descriptors.
     */
    long missed() {
        return missed;
    }

    private List<LogLine> records() {
        List<LogLine> records = new ArrayList<>();
        try {
            commands.write("flush\n".getBytes(StandardCharsets.UTF_8));
            commands.flush();
            for (String text = replies.readLine(); text != null; text = replies.readLine()) {
                LogLine line = LogLine.parse(text);
                if (line.word().equals("flushed")) {
                    missed = line.number("n");
                    return records;
                }
                records.add(line);
            }
        } catch (IOException e) {
            throw new HuntException("The witness does not answer: " + e, e);
        }
        throw new HuntException("The witness ended.");
    }

    @Override
    public void close() {
        try {
            commands.close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
