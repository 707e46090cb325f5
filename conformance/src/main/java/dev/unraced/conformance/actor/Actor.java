// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.actor;

import dev.unraced.driver.ActorHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The kit's side of the conversation with the actor program: one line each way. {@code src/main/c/PROTOCOL.md}
 * describes it. Only one thread at a time may ask.
 */
public final class Actor implements AutoCloseable {
    /** The longest wait for an answer, longer than the program's own limit for a command. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(130);

    /** The first of the real user ids that no one else uses; the actor's pid is added. */
    private static final long FIRST_USER = 1_500_000_000L;

    private final OutputStream commands;
    private final LinkedBlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();
    private final AutoCloseable place;
    private final Duration limit;
    private final int tgid;
    private final OptionalLong user;

    private Actor(InputStream replies, OutputStream commands, AutoCloseable place, Duration limit) {
        this.commands = commands;
        this.place = place;
        this.limit = limit;
        Thread reader = new Thread(() -> read(replies), "unraced-actor-reader");
        reader.setDaemon(true);
        reader.start();
        this.tgid = ask(Command.of("ready")).integer("tgid");
        this.user = takeUser();
    }

    /** Starts the program on this machine. */
    public static Actor start() {
        ActorProcess process = ActorProcess.start();
        return over(process.replies(), process.commands(), process);
    }

    /** Brings a fresh actor to a host. */
    public static Actor on(ActorHost host) {
        ActorHost.Conversation conversation = host.actor();
        return over(conversation.replies(), conversation.commands(), conversation);
    }

    /**
     * Speaks to an actor that other code has started, such as in a sandbox or in a simulation.
     *
     * @param place the resource that is closed when the conversation ends
     */
    public static Actor over(InputStream replies, OutputStream commands, AutoCloseable place) {
        return over(replies, commands, place, ANSWER_LIMIT);
    }

    /**
     * As {@link #over(InputStream, OutputStream, AutoCloseable)}, with another limit than the 130 s that the program on
     * a loaded machine may need.
     *
     * @param limit the longest time that an answer may take
     */
    public static Actor over(InputStream replies, OutputStream commands, AutoCloseable place, Duration limit) {
        try {
            return new Actor(replies, commands, place, limit);
        } catch (RuntimeException e) {
            try {
                place.close();
            } catch (Exception suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /** Returns whether the actor's threads are in this machine's /proc. */
    public boolean isHere() {
        return place instanceof ActorProcess
                || (place instanceof ActorHost.Conversation conversation && conversation.isHere());
    }

    /** Returns the thread group of the actor; its main thread has the same id. */
    public int tgid() {
        return tgid;
    }

    /** Returns the real user id that only this actor and its children have; empty when the actor could not take one. */
    public OptionalLong user() {
        return user;
    }

    /**
     * Sends a command, and waits for its answer.
     *
     * @throws ActorException when it was refused
     */
    public Reply ask(Command command) {
        String answer = askRaw(command);
        if (!answer.startsWith("ok")) {
            throw new ActorException(answer, command);
        }
        return new Reply(answer);
    }

    /** As {@link #ask}, but returns empty when the actor answers "timeout". */
    public Optional<Reply> askPatiently(Command command) {
        String answer = askRaw(command);
        if (answer.startsWith("error timeout")) {
            return Optional.empty();
        }
        if (!answer.startsWith("ok")) {
            throw new ActorException(answer, command);
        }
        return Optional.of(new Reply(answer));
    }

    private String askRaw(Command command) {
        try {
            commands.write((command.line() + "\n").getBytes(StandardCharsets.US_ASCII));
            commands.flush();
            long start = System.nanoTime();
            Optional<String> answer = answers.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (answer == null) {
                throw new ActorException("no answer within " + limit.toMillis() + " ms to: " + command + ". "
                        + ActorException.ABOUT_PAGE_FAULTS);
            }
            return answer.orElseThrow(() -> new ActorException("the actor ended after "
                    + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + " s instead of answering to: "
                    + command + ". An actor ends itself when a command takes more than 120 s. "
                    + ActorException.ABOUT_PAGE_FAULTS));
        } catch (IOException e) {
            throw new ActorException("the actor does not listen to: " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ActorException("interrupted while waiting for the answer to: " + command, e);
        }
    }

    private OptionalLong takeUser() {
        long id = FIRST_USER + tgid;
        return askRaw(Command.of("user").with("id", id)).startsWith("ok") ? OptionalLong.of(id) : OptionalLong.empty();
    }

    private void read(InputStream replies) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(replies, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(Optional.of(line));
            }
            answers.add(Optional.empty());
        } catch (IOException e) {
            answers.add(Optional.empty());
        }
    }

    /** Ends the conversation, upon which the program ends, with all its children. */
    @Override
    public void close() {
        try {
            commands.close();
            place.close();
        } catch (Exception e) {
            throw new ActorException("the actor's end could not be awaited", e);
        }
    }
}
