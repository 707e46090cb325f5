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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The process whose BPF programs see acts within the kernel: the file of each open, and the address of each connect. It
 * exists only where the kernel lets fexit programs attach. Not thread-safe.
 */
final class Witness implements AutoCloseable {
    private static final String NAME = "unraced-witness";
    private static final int OPENED = 1;
    private static final int CONNECTED = 3;
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
     * Adds to each act of a log what the witness saw of it. A request gets nothing, nor does an act without exactly one
     * record.
     */
    void testify(ActLog log) {
        Map<List<Integer>, NavigableMap<Long, List<LogLine>>> records = new HashMap<>();
        for (LogLine line : records()) {
            records.computeIfAbsent(List.of(line.integer("t"), line.integer("k")), thread -> new TreeMap<>())
                    .computeIfAbsent(line.number("b"), time -> new ArrayList<>(1))
                    .add(line);
        }
        for (Act act : log.acts()) {
            NavigableMap<Long, List<LogLine>> ofThread =
                    records.get(List.of(act.tid(), act.isConnect() ? CONNECTED : OPENED));
            if (act.isRequest() || ofThread == null) {
                continue;
            }
            List<LogLine> seen = ofThread.subMap(act.begin(), true, act.end(), true).values().stream()
                    .flatMap(List::stream)
                    .limit(2)
                    .toList();
            if (seen.size() == 1) {
                act.line().values().put("seen", seen.get(0).text(act.isConnect() ? "to" : "ino"));
            }
        }
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
