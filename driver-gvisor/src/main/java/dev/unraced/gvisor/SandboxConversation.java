// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.driver.ActorHost;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A conversation with an actor in a sandbox. This class answers what the actor cannot know of itself, and converts the
 * actor's times from the sandbox's CLOCK_BOOTTIME to this machine's.
 */
final class SandboxConversation implements ActorHost.Conversation {
    private static final int PATIENCE_SECONDS = 10;
    private static final Pattern TIMES = Pattern.compile("\\b(begun|ended)=(\\d+)");
    private static final Pattern READY = Pattern.compile(" tgid=(\\d+) .* boot=(\\d+) wall=(\\d+)");
    private static final Pattern THREAD = Pattern.compile("thread tid=(\\d+)");
    private static final byte[] END = {};

    /** The fields of /proc/PID/stat after the name; proc(5) counts from 1. */
    private static final int FIRST_FIELD_AFTER_NAME = 3;

    private static final int START_TIME = 22;
    private static final long TICK_NANOS = 10_000_000;

    /** The clocks of the sandbox and of this machine are compared no closer than that: either side can be preempted. */
    private static final long COMPARED_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final Process process;
    private final List<String> runsc;
    private final String id;
    private final Runnable ended;
    private final BootClock clock = new BootClock();
    private final LinkedBlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
    private final InputStream replies = new Replies();
    private final OutputStream commands = new Commands();
    private volatile int tgid;
    /** The sandbox's wall clock minus its CLOCK_BOOTTIME. */
    private volatile long wallOffset;

    /**
     * Makes a conversation.
     *
     * @param process the runsc process, whose pipes are the actor's
     * @param runsc the command for questions to the sandbox
     * @param ended called when the sandbox is gone
     */
    SandboxConversation(Process process, List<String> runsc, String id, Runnable ended) {
        this.process = process;
        this.runsc = runsc;
        this.id = id;
        this.ended = ended;
        Thread pump = new Thread(this::pump, "unraced-sandbox-replies");
        pump.setDaemon(true);
        pump.start();
    }

    @Override
    public InputStream replies() {
        return replies;
    }

    @Override
    public OutputStream commands() {
        return commands;
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The sandbox is gone already.
        }
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        } finally {
            ended.run();
        }
    }

    private void kill() {
        try {
            ask("delete", "--force", id);
        } catch (IOException e) {
            // The system then ends the sandbox.
        }
        process.destroyForcibly();
    }

    private void pump() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answer(translated(line));
            }
        } catch (IOException e) {
            // The stream has ended, as it does below.
        }
        answers.add(END);
    }

    private void answer(String line) {
        answers.add((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private String translated(String line) {
        Matcher ready = READY.matcher(line);
        if (ready.find()) {
            tgid = Integer.parseInt(ready.group(1));
            wallOffset = Long.parseLong(ready.group(3)) - Long.parseLong(ready.group(2));
        }
        // The replies of "count" use the same words for numbers of calls.
        if (!line.contains(" result=") && !line.contains(" status=")) {
            return line;
        }
        return TIMES.matcher(line).replaceAll(time -> time.group(1) + "=" + here(Long.parseLong(time.group(2))));
    }

    private long here(long bootNanos) {
        return clock.bootNanos(bootNanos + wallOffset);
    }

    private String thread(int tid) throws IOException {
        String stat = ask("exec", id, "/usr/bin/cat", "/proc/" + tgid + "/task/" + tid + "/stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long start = Long.parseLong(fields[START_TIME - FIRST_FIELD_AFTER_NAME].strip()) * TICK_NANOS;
        return "ok start=" + (here(start) - COMPARED_NANOS) + " tick=" + (TICK_NANOS + 2 * COMPARED_NANOS)
                + " container=" + HexFormat.of().formatHex(id.getBytes(StandardCharsets.UTF_8));
    }

    private String ask(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(runsc);
        command.addAll(List.of(arguments));
        Process asked = new ProcessBuilder(command).redirectErrorStream(true).start();
        asked.getOutputStream().close();
        return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** The lines from the actor and from this class, as bytes. */
    private final class Replies extends InputStream {
        private byte[] line = {};
        private int at;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (at == line.length) {
                try {
                    line = answers.take();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", e);
                }
                at = 0;
                if (line.length == 0) {
                    // A further read must see the end again.
                    answers.add(END);
                    return -1;
                }
            }
            int count = Math.min(length, line.length - at);
            System.arraycopy(line, at, target, offset, count);
            at += count;
            return count;
        }
    }

    /** Takes the commands that this class answers out of the stream. */
    private final class Commands extends OutputStream {
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            pending.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            pending.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            Matcher thread =
                    THREAD.matcher(pending.toString(StandardCharsets.US_ASCII).strip());
            if (thread.matches()) {
                pending.reset();
                answer(thread(Integer.parseInt(thread.group(1))));
                return;
            }
            pending.writeTo(process.getOutputStream());
            pending.reset();
            process.getOutputStream().flush();
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
        }
    }
}
